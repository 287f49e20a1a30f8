/* A plug-in in C: Lennard-Jones atoms in vacuum (Jones, Proc. R. Soc. Lond. A 106, 463 (1924)).
 * Parameters: depth of a pair in eV and distance of zero energy in Å, as "0.0104 3.4".
 * Build: cc -shared -fPIC -I<include folder of ionpass> lennard_jones.c -o lennard_jones.so */
#include <potentials/ionpass_potential.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct parameters {
  double depth, radius;
} parameters;

int ionpass_potential_abi_version(void) { return IONPASS_POTENTIAL_ABI_VERSION; }

int ionpass_potential_create(const char* text, void** state, char* error, int error_size) {
  parameters* p = malloc(sizeof *p);
  if (p == NULL) return 1;
  if (sscanf(text, "%lf %lf", &p->depth, &p->radius) != 2) {
    snprintf(error, (size_t)error_size, "expected two numbers, depth in eV and radius in Å");
    free(p);
    return 1;
  }
  *state = p;
  return 0;
}

int ionpass_potential_evaluate(void* state, const ionpass_system* system, ionpass_result* result,
                               char* error, int error_size) {
  const parameters* p = state;
  if (system->cell != NULL) {
    snprintf(error, (size_t)error_size, "this example treats no crystals");
    return 1;
  }
  for (int i = 0; i < system->atoms; ++i)
    for (int j = i + 1; j < system->atoms; ++j) {
      double d[3], r2 = 0.0;
      for (int k = 0; k < 3; ++k) {
        d[k] = system->positions[3 * i + k] - system->positions[3 * j + k];
        r2 += d[k] * d[k];
      }
      const double s6 = pow(p->radius * p->radius / r2, 3);
      result->energy += 4.0 * p->depth * (s6 * s6 - s6);
      for (int k = 0; k < 3; ++k) {
        const double force = 24.0 * p->depth * (2.0 * s6 * s6 - s6) / r2 * d[k];
        result->forces[3 * i + k] += force;
        result->forces[3 * j + k] -= force;
      }
    }
  return 0;
}

void ionpass_potential_destroy(void* state) { free(state); }
