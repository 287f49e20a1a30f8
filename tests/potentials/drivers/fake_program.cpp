// A stand-in for external energy programs that fails on demand. Speaks for itself: none of the
// code it tests is in it. Usage: fake_program KIND SCRIPT ARGUMENTS…, with KIND one of cp2k, pw,
// ipi, command, tree. Each line of SCRIPT says how the next evaluation goes; beyond its end all go
// well. Without a script (-) nothing is counted.
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr double bohr = 0.529177210903;
constexpr double hartree = 27.211386245988;

struct Atoms {
  double cell[9] = {};  // Å, vectors as rows
  std::vector<std::string> symbols;
  std::vector<double> positions;  // Å
};

/// Atoms tied to the origin by springs of 1 eV/Å², and an energy of 0.01 eV/Å of the y component of
/// the first cell vector and 0.02 of the z component of the second, so that transposed cells show.
double energy(const Atoms& atoms) {
  double sum = 0.01 * atoms.cell[1] + 0.02 * atoms.cell[5];
  for (const double x : atoms.positions) sum += 0.5 * x * x;
  return sum;
}

std::string script;

/// How this evaluation goes; counts evaluations in a file, since processes come and go.
std::string next_behaviour() {
  if (script == "-") return "ok";
  int done = 0;
  std::ifstream(script + ".count") >> done;
  std::ofstream(script + ".count") << done + 1;
  std::ifstream lines(script);
  std::string word = "ok";
  for (int i = 0; i <= done; ++i)
    if (!(lines >> word)) return "ok";
  return word;
}

void note_start() {
  if (script == "-") return;
  std::ofstream(script + ".starts", std::ios::app) << getpid() << "\n";
}

[[noreturn]] void hang() {
  // A child in a session of its own, as mpirun and its ranks are.
  if (fork() == 0) setsid();
  std::ofstream(script + ".pids", std::ios::app) << getpid() << "\n";
  std::signal(SIGTERM, SIG_IGN);
  while (true) pause();
}

/// The ways to end that have nothing to do with numbers.
void misbehave(const std::string& how) {
  if (how == "crash") {
    signal(SIGSEGV, SIG_DFL);
    std::cerr << "something went badly wrong\n" << std::flush;
    raise(SIGSEGV);
  }
  if (how == "exit") {
    std::cerr << "giving up\n" << std::flush;
    _exit(3);
  }
  if (how == "hang") hang();
  if (how == "full") {
    std::cerr << "write: No space left on device\n" << std::flush;
    _exit(1);
  }
  if (how == "quota") {
    std::cerr << "write: Disk quota exceeded\n" << std::flush;
    _exit(1);
  }
  if (how == "flood") {  // takes no space on most file systems
    if (ftruncate(STDOUT_FILENO, 300L << 20) != 0) _exit(70);
    hang();
  }
}

// The wire.

int connect_unix(const std::string& name) {
  const std::string path = "/tmp/ipi_" + name;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int out = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(out, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) _exit(255);
  return out;
}

int connect_port(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int out = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(out, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) _exit(255);
  return out;
}

void get(int socket, void* data, std::size_t size) {
  auto* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(socket, at, size);
    if (got <= 0) _exit(255);
    at += got;
    size -= static_cast<std::size_t>(got);
  }
}

void put(int socket, const void* data, std::size_t size) {
  if (write(socket, data, size) != static_cast<ssize_t>(size)) _exit(255);
}

void say(int socket, const std::string& word) {
  std::string header = word;
  header.resize(12, ' ');
  put(socket, header.data(), 12);
}

std::string hear(int socket) {
  std::string header(12, ' ');
  get(socket, header.data(), 12);
  return header.substr(0, header.find(' '));
}

Atoms get_geometry(int socket) {
  Atoms atoms;
  double columns[9], inverse[9];
  get(socket, columns, sizeof columns);
  get(socket, inverse, sizeof inverse);
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column)
      atoms.cell[3 * column + row] = columns[3 * row + column] * bohr;
  std::int32_t count = 0;
  get(socket, &count, 4);
  atoms.positions.resize(3 * static_cast<std::size_t>(count));
  get(socket, atoms.positions.data(), atoms.positions.size() * sizeof(double));
  for (double& x : atoms.positions) x *= bohr;
  return atoms;
}

void put_forces(int socket, const Atoms& atoms, const std::string& how) {
  double e = energy(atoms) / hartree;
  if (how == "nan") e = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> forces;
  for (const double x : atoms.positions) forces.push_back(-x * bohr / hartree);
  if (how == "huge") forces[0] = 1e6;
  if (how == "atoms") forces.resize(forces.size() - 3);
  auto count = static_cast<std::int32_t>(forces.size() / 3);
  if (how == "negative") count = -1;
  if (how == "many") count = 9'999'999;
  const double virial[9] = {0.001, 0.002, 0.0, 0.002, 0.003, 0.0, 0.0, 0.0, 0.004};
  const std::int32_t extra = how == "extra" ? -5 : 0;
  say(socket, "FORCEREADY");
  put(socket, &e, 8);
  put(socket, &count, 4);
  if (how == "truncate") _exit(0);
  put(socket, forces.data(), forces.size() * 8);
  put(socket, virial, sizeof virial);
  put(socket, &extra, 4);
}

constexpr const char* pw_complaint =
    "     convergence NOT achieved after 100 iterations: stopping\n";

/// What each program prints of its self-consistency, before it sends forces. Each sign of a failure
/// is also given alone ("scf_outer", "scf_warning", "scf_text").
void report_scf(const std::string& kind, const std::string& how) {
  const bool fails = how.starts_with("scf");
  if (kind == "cp2k") {
    // Where it fails, an inner loop may have converged all the same.
    if (how != "silent") std::cout << "  *** SCF run converged in    17 steps ***\n";
    if (fails && how != "scf_warning")
      std::cout << "  outer SCF loop FAILED to converge after   10 iterations\n";
    if (fails && how != "scf_outer")
      std::cout << " *** WARNING in qs_scf.F:601 :: SCF run NOT converged ***\n";
  } else if (kind == "pw" && fails) {
    std::cout << pw_complaint << std::flush;
    if (how != "scf_text") raise(SIGSEGV);
  }
  std::cout << std::flush;
  if (how == "scf_abort") std::abort();  // as CP2K does since 2024
}

int serve(int socket, const std::string& kind) {
  bool initialised = kind == "cp2k", ready = false;
  Atoms atoms;
  std::string how;
  while (true) {
    const std::string word = hear(socket);
    if (word == "STATUS") {
      say(socket, ready ? "HAVEDATA" : initialised ? "READY" : "NEEDINIT");
    } else if (word == "INIT") {
      if (kind == "cp2k") return 0;  // leaves without a word, as CP2K does
      std::int32_t bead = 0, size = 0;
      get(socket, &bead, 4);
      get(socket, &size, 4);
      std::string text(static_cast<std::size_t>(size), ' ');
      get(socket, text.data(), text.size());
      initialised = true;
    } else if (word == "POSDATA") {
      atoms = get_geometry(socket);
      how = next_behaviour();
      misbehave(how);
      report_scf(kind, how);
      ready = true;
      if (how == "protocol") say(socket, "HELLO");
    } else if (word == "GETFORCE") {
      put_forces(socket, atoms, how);
      ready = false;
      initialised = kind == "cp2k";
    } else {
      return 0;
    }
  }
}

// The files.

std::string text_of(const std::string& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

/// Value behind a word in a text.
std::string behind(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  std::string value;
  if (at != std::string::npos) std::istringstream(text.substr(at + word.size())) >> value;
  return value;
}

/// Atoms and cell of an input file: rows between two lines.
Atoms read_atoms(const std::string& text, const std::string& cell, const std::string& coordinates,
                 bool cell_rows_are_named) {
  Atoms atoms;
  std::istringstream lines(text);
  std::string line, word;
  while (std::getline(lines, line)) {
    if (line.find(cell) != std::string::npos) {
      for (int row = 0; row < 3; ++row) {
        std::getline(lines, line);
        std::istringstream words(line);
        if (cell_rows_are_named) words >> word;
        words >> atoms.cell[3 * row] >> atoms.cell[3 * row + 1] >> atoms.cell[3 * row + 2];
      }
    } else if (line.find(coordinates) != std::string::npos) {
      double x = 0.0, y = 0.0, z = 0.0;
      while (std::getline(lines, line) && std::istringstream(line) >> word >> x >> y >> z) {
        atoms.symbols.push_back(word);
        atoms.positions.insert(atoms.positions.end(), {x, y, z});
      }
    }
  }
  return atoms;
}

/// Energy in eV and forces in eV/Å as an unwell program would give them.
struct Numbers {
  double e = 0.0;
  std::vector<double> forces;
};

Numbers numbers(const Atoms& atoms, const std::string& how) {
  Numbers out{energy(atoms), {}};
  for (const double x : atoms.positions) out.forces.push_back(-x);
  if (how == "nan") out.forces[0] = std::numeric_limits<double>::quiet_NaN();
  if (how == "huge") out.forces[0] = 1e6;
  if (how == "atoms") out.forces.resize(out.forces.size() - 3);
  return out;
}

int run_cp2k(const std::vector<std::string>& arguments) {
  if (arguments.back() == "--version") {
    std::cout << " CP2K version " << (text_of(script).starts_with("old") ? "7.1" : "2023.1")
              << "\n";
    return 0;
  }
  note_start();
  const std::string input = text_of(arguments.back());
  std::ofstream(script + ".input") << input;
  if (behind(input, "RUN_TYPE ") == "DRIVER") {
    const bool is_unix = behind(input, "UNIX ") == "T";
    return serve(is_unix ? connect_unix(behind(input, "HOST "))
                         : connect_port(std::stoi(behind(input, "PORT "))),
                 "cp2k");
  }
  const Atoms atoms = read_atoms(input, "&CELL", "&COORD", true);
  const std::string how = next_behaviour();
  misbehave(how);
  report_scf("cp2k", how);
  const Numbers n = numbers(atoms, how);
  std::cout << std::setprecision(14);
  if (how == "truncate") return 0;
  std::cout << " ENERGY| Total FORCE_EVAL ( QS ) energy [a.u.]:   " << n.e / hartree << "\n"
            << " ATOMIC FORCES in [a.u.]\n\n # Atom   Kind   Element          X  Y  Z\n";
  if (how == "stars") std::cout << "  1 1 Pb ***************************\n";
  for (std::size_t i = how == "stars" ? 1 : 0; i < n.forces.size() / 3; ++i)
    std::cout << "  " << i + 1 << " 1 " << atoms.symbols[i] << " "
              << n.forces[3 * i] * bohr / hartree << " " << n.forces[3 * i + 1] * bohr / hartree
              << " " << n.forces[3 * i + 2] * bohr / hartree << "\n";
  std::cout << " SUM OF ATOMIC FORCES 0 0 0 0\n  PROGRAM ENDED AT  now\n";
  return 0;
}

int run_pw(const std::vector<std::string>& arguments) {
  std::cout << "     Program PWSCF v.6.7MaX starts\n" << std::flush;
  if (arguments.empty()) return 1;
  note_start();
  std::string ipi;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i] == "--ipi") ipi = arguments[i + 1];
  if (!ipi.empty()) {
    const std::string name = ipi.substr(0, ipi.find(':')), rest = ipi.substr(ipi.find(':') + 1);
    return serve(rest == "UNIX" ? connect_unix(name) : connect_port(std::stoi(rest)), "pw");
  }
  const std::string input = text_of("pw.in");
  const Atoms atoms = read_atoms(input, "CELL_PARAMETERS", "ATOMIC_POSITIONS", false);
  const std::string how = next_behaviour();
  misbehave(how);
  const Numbers n = numbers(atoms, how);
  mkdir("out", 0700);
  std::ofstream xml("out/ionpass.xml");
  xml << std::setprecision(16) << "<qes:espresso><output><convergence_info><scf_conv>"
      << "<convergence_achieved>" << (how == "scf" || how == "scf_xml" ? "false" : "true")
      << "</convergence_achieved><n_scf_steps>9</n_scf_steps><scf_error>1e-10</scf_error>"
      << "</scf_conv></convergence_info><total_energy><etot>";
  if (how == "stars" || how == "garbled")
    xml << (how == "stars" ? "********" : "-12,5");
  else
    xml << n.e / hartree;
  xml << "</etot></total_energy>";
  if (how == "truncate") return 0;
  xml << "<forces rank=\"2\">";
  for (const double f : n.forces) xml << f * bohr / hartree << "\n";
  xml << "</forces></output></qes:espresso>";
  if (how == "scf" || how == "scf_text") std::cout << pw_complaint << "     JOB DONE.\n";
  return how == "scf" ? 2 : 0;
}

/// Reads extxyz without a parser of it: two lines, then rows.
int run_command(const std::vector<std::string>& arguments) {
  note_start();
  std::istringstream lines(arguments.empty() ? [] {
    std::ostringstream all;
    all << std::cin.rdbuf();
    return all.str();
  }()
                                             : text_of(arguments[0]));
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  Atoms atoms;
  if (const std::size_t at = line.find("Lattice=\""); at != std::string::npos) {
    std::istringstream cell(line.substr(at + 9));
    for (double& x : atoms.cell) cell >> x;
  }
  std::string symbol;
  double x = 0.0, y = 0.0, z = 0.0;
  while (lines >> symbol >> x >> y >> z) {
    atoms.symbols.push_back(symbol);
    atoms.positions.insert(atoms.positions.end(), {x, y, z});
    std::getline(lines, line);
  }
  const std::string how = next_behaviour();
  misbehave(how);
  if (how == "truncate") return 0;
  const Numbers n = numbers(atoms, how);
  std::ostringstream out;
  out << std::setprecision(16);
  if (arguments.size() > 1) {
    out << n.forces.size() / 3 << "\nProperties=species:S:1:pos:R:3:forces:R:3 energy=" << n.e
        << "\n";
    for (std::size_t i = 0; i < n.forces.size() / 3; ++i) {
      out << atoms.symbols[how == "sorted" ? atoms.symbols.size() - 1 - i : i];
      for (std::size_t k = 0; k < 3; ++k) out << " " << atoms.positions[3 * i + k];
      for (std::size_t k = 0; k < 3; ++k) out << " " << n.forces[3 * i + k];
      out << "\n";
    }
    std::ofstream(arguments[1]) << out.str();
    return 0;
  }
  out << "{\"energy\": " << n.e << ", \"converged\": "
      << (how == "scf"    ? "false"
          : how == "word" ? "\"no\""
                          : "true");
  if (how == "charge") out << ", \"charges\": 0.1";
  if (how == "charges") out << ", \"charges\": [0.1]";
  out << ", \"forces\": [";
  for (std::size_t i = 0; i < n.forces.size() / 3; ++i)
    out << (i == 0 ? "[" : ", [") << n.forces[3 * i] << ", " << n.forces[3 * i + 1] << ", "
        << n.forces[3 * i + 2] << "]";
  std::cout << out.str() << "]}\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  const std::string kind = argv[1];
  script = argv[2];
  const std::vector<std::string> arguments(argv + 3, argv + argc);
  if (kind == "cp2k") return run_cp2k(arguments);
  if (kind == "pw") return run_pw(arguments);
  if (kind == "command") return run_command(arguments);
  if (kind == "tree") hang();
  if (kind == "echo") {
    for (const std::string& argument : arguments) std::cout << argument << "\n";
    return 0;
  }
  if (kind == "ipi") {
    note_start();
    return serve(connect_unix(arguments.at(0)), "ipi");
  }
  return 64;
}
