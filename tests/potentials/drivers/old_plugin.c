/* A plug-in compiled for an interface that does not exist any more, or not yet. */
#include <potentials/ionpass_potential.h>

int ionpass_potential_abi_version(void) { return IONPASS_POTENTIAL_ABI_VERSION + 1; }
int ionpass_potential_create(const char* parameters, void** state, char* error, int error_size) {
  (void)parameters, (void)state, (void)error, (void)error_size;
  return 0;
}
int ionpass_potential_evaluate(void* state, const ionpass_system* system, ionpass_result* result,
                               char* error, int error_size) {
  (void)state, (void)system, (void)result, (void)error, (void)error_size;
  return 0;
}
void ionpass_potential_destroy(void* state) { (void)state; }
