/* The interface of plug-ins: shared libraries that give ionpass energies and forces. Plain C, so
 * that any language can provide it (examples in C and Fortran lie in potentials/examples).
 *
 * A plug-in exports the four functions below, which ionpass looks up by name after loading the
 * library by its path. All numbers are in Å, eV, eV/Å, eV/Å³ and e; all matrices are row by row.
 * A function that fails returns something else than 0 and writes what is wrong into `error`, as a
 * text that ends with a zero byte. A plug-in runs inside the process of ionpass: if it crashes,
 * so does ionpass. */
#ifndef IONPASS_POTENTIAL_H
#define IONPASS_POTENTIAL_H

#ifdef __cplusplus
extern "C" {
#endif

/* Names as C writes them: NOLINTBEGIN(readability-identifier-naming) */

/* Changes whenever anything below does; ionpass refuses a plug-in of another number. */
#define IONPASS_POTENTIAL_ABI_VERSION 1

/* What is to be evaluated. The arrays belong to ionpass. */
typedef struct ionpass_system {
  int atoms;
  const int* numbers;      /* atomic numbers, one per atom */
  const double* positions; /* Å, x y z per atom */
  const double* cell;      /* Å, vectors a b c as rows; a null pointer for a molecule in vacuum */
  double charge;           /* e, of the cell or molecule */
} ionpass_system;

/* What the plug-in fills in. The arrays belong to ionpass, are there, and are zero at first. */
typedef struct ionpass_result {
  double energy;  /* eV */
  double* forces; /* eV/Å, x y z per atom: minus the gradient of the energy */
  double* stress; /* eV/Å³, 3x3, (1/V) dE/dstrain, tension positive; a null pointer if not asked
                     for, or without a cell */
  int has_stress; /* set to 1 if stress was filled in */
} ionpass_result;

/* IONPASS_POTENTIAL_ABI_VERSION as the plug-in was compiled with. */
int ionpass_potential_abi_version(void);

/* Makes what evaluations need from the text that the user gave; `*state` is handed back to the
 * other functions, and may be left as it is. Called once per worker. */
int ionpass_potential_create(const char* parameters, void** state, char* error, int error_size);

/* Energy and forces. Never called twice at a time with the same state. */
int ionpass_potential_evaluate(void* state, const ionpass_system* system, ionpass_result* result,
                               char* error, int error_size);

void ionpass_potential_destroy(void* state);

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif

#endif
