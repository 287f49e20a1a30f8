! A plug-in in Fortran: Lennard-Jones atoms in vacuum, as lennard_jones.c beside it.
! Parameters: depth of a pair in eV and distance of zero energy in Å, as "0.0104 3.4".
! Build: gfortran -shared -fPIC lennard_jones.f90 -o lennard_jones.so
module ionpass_lennard_jones
  use, intrinsic :: iso_c_binding
  implicit none

  ! The structs of ionpass_potential.h.
  type, bind(C) :: ionpass_system
    integer(c_int) :: atoms
    type(c_ptr) :: numbers
    type(c_ptr) :: positions
    type(c_ptr) :: cell
    real(c_double) :: charge
  end type ionpass_system

  type, bind(C) :: ionpass_result
    real(c_double) :: energy
    type(c_ptr) :: forces
    type(c_ptr) :: stress
    integer(c_int) :: has_stress
  end type ionpass_result

  type :: parameters
    real(c_double) :: depth, radius
  end type parameters

contains

  integer(c_int) function abi_version() bind(C, name="ionpass_potential_abi_version")
    abi_version = 1_c_int
  end function abi_version

  integer(c_int) function create(text, state, error, error_size) bind(C, name="ionpass_potential_create")
    character(kind=c_char), intent(in) :: text(*)
    type(c_ptr), intent(inout) :: state
    integer(c_int), value :: error_size
    character(kind=c_char), intent(inout) :: error(error_size)
    character(len=256) :: line
    type(parameters), pointer :: p
    integer :: i, status
    line = ""
    do i = 1, len(line)
      if (text(i) == c_null_char) exit
      line(i:i) = text(i)
    end do
    allocate (p)
    read (line, *, iostat=status) p%depth, p%radius
    if (status /= 0) then
      call say("expected two numbers, depth in eV and radius in Å", error)
      deallocate (p)
      create = 1_c_int
      return
    end if
    state = c_loc(p)
    create = 0_c_int
  end function create

  integer(c_int) function evaluate(state, system, outcome, error, error_size) &
      bind(C, name="ionpass_potential_evaluate")
    type(c_ptr), value :: state
    type(ionpass_system), intent(in) :: system
    type(ionpass_result), intent(inout) :: outcome
    integer(c_int), value :: error_size
    character(kind=c_char), intent(inout) :: error(error_size)
    type(parameters), pointer :: p
    real(c_double), pointer :: x(:, :), f(:, :)
    real(c_double) :: d(3), pull(3), r2, s6
    integer :: i, j
    if (c_associated(system%cell)) then
      call say("this example treats no crystals", error)
      evaluate = 1_c_int
      return
    end if
    call c_f_pointer(state, p)
    call c_f_pointer(system%positions, x, [3, int(system%atoms)])
    call c_f_pointer(outcome%forces, f, [3, int(system%atoms)])
    do i = 1, system%atoms
      do j = i + 1, system%atoms
        d = x(:, i) - x(:, j)
        r2 = sum(d**2)
        s6 = (p%radius**2 / r2)**3
        outcome%energy = outcome%energy + 4 * p%depth * (s6**2 - s6)
        pull = 24 * p%depth * (2 * s6**2 - s6) / r2 * d
        f(:, i) = f(:, i) + pull
        f(:, j) = f(:, j) - pull
      end do
    end do
    evaluate = 0_c_int
  end function evaluate

  subroutine destroy(state) bind(C, name="ionpass_potential_destroy")
    type(c_ptr), value :: state
    type(parameters), pointer :: p
    call c_f_pointer(state, p)
    deallocate (p)
  end subroutine destroy

  ! A message that ends with a zero byte.
  subroutine say(message, error)
    character(len=*), intent(in) :: message
    character(kind=c_char), intent(inout) :: error(:)
    integer :: i, length
    length = min(len(message), size(error) - 1)
    do i = 1, length
      error(i) = message(i:i)
    end do
    error(length + 1) = c_null_char
  end subroutine say

end module ionpass_lennard_jones
