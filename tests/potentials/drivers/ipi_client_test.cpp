// Our client against servers that are not there, fall silent, or say what they must not.
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <potentials/ipi_client.hpp>

#include "driver_support.hpp"
#include "drivers/descriptor.hpp"

namespace ionpass::test {
namespace {

using drivers::Descriptor;
using testing::HasSubstr;

class IpiClient : public testing::Test {
 protected:
  IpiClient() : server_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(server_.number(), address(), size_), 0);
    EXPECT_EQ(listen(server_.number(), 0), 0);
    EXPECT_EQ(getsockname(server_.number(), address(), &size_), 0);
    PotentialSettings settings;
    settings.name = "driver/plugin";
    settings.driver.library = IONPASS_PLUGIN_C;
    settings.driver.parameters = "0.01 3.0";
    potential_ =
        make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
  }
  [[nodiscard]] sockaddr* address() { return reinterpret_cast<sockaddr*>(&address_); }
  /// What our client says in the end of a server that does this with the connection.
  std::string complaint(const std::function<void(int)>& act) {
    std::thread server([&] {
      const Descriptor client(accept(server_.number(), nullptr, nullptr));
      act(client.number());
      char byte = 0;
      while (read(client.number(), &byte, 1) > 0) {
      }
    });
    const std::string out = complaint();
    server.join();
    return out;
  }
  std::string complaint() {
    const IpiClientSettings settings{.connect_timeout = 0.3, .message_timeout = 0.3};
    try {
      (void)serve_ipi(*potential_, skewed_crystal(),
                      {.is_unix = false, .name = "localhost", .port = ntohs(address_.sin_port)},
                      settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  Descriptor server_;
  sockaddr_in address_{};
  socklen_t size_ = sizeof address_;
  std::unique_ptr<Potential> potential_;
};

// The queue of the server is full: the system does not answer at all.
TEST_F(IpiClient, DoesNotWaitLongerForAConnectionThanItWasTold) {
  std::vector<Descriptor> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)connect(others.back().number(), address(), size_);
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(complaint(), HasSubstr("start it first"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(IpiClient, DoesNotWaitForEverForTheRestOfAMessage) {
  EXPECT_THAT(complaint([](int client) { (void)!write(client, "POSDATA     ", 12); }),
              HasSubstr("fell silent for 0.3 s"));
}

TEST_F(IpiClient, RefusesACountThatIsNone) {
  EXPECT_THAT(complaint([](int client) {
                std::string message = "POSDATA     " + std::string(18 * sizeof(double), '\0');
                const std::int32_t atoms = -1;
                message.append(reinterpret_cast<const char*>(&atoms), sizeof atoms);
                (void)!write(client, message.data(), message.size());
              }),
              HasSubstr("the i-PI server said that the number of atoms is -1"));
}

}  // namespace
}  // namespace ionpass::test
