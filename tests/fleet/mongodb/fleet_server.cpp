// A MongoDB server for a fleet of three.
#include "../fleet_server.h"

#include "../../attack/served.h"
#include "store/mongodb/mongod_fixture.h"

namespace pythia::fleet {
namespace {

class Database final : public FleetServer {
 public:
  // In full size as people run it; else one that is away is given up sooner.
  std::string uri() const override {
    return server_.uri("fleet") + attack::Sized("?serverSelectionTimeoutMS=1000", "");
  }
  int instances() const override { return 3; }
  bool can_go_away() const override { return true; }
  void Kill() override { server_.Kill(); }
  void Start() override { server_.Start(); }
  void Freeze() override { server_.Freeze(); }
  void Thaw() override { server_.Thaw(); }

 private:
  Mongod server_;
};

}  // namespace

std::unique_ptr<FleetServer> MakeFleetServer() {
  return MongodBinary().empty() ? nullptr : std::make_unique<Database>();
}

}  // namespace pythia::fleet
