// The store that a fleet of services works on.
#pragma once

#include <memory>
#include <string>

namespace pythia::fleet {

class FleetServer {
 public:
  virtual ~FleetServer() = default;
  virtual std::string uri() const = 0;  // for --store
  virtual int instances() const = 0;    // how many services it takes
  virtual bool can_go_away() const = 0;
  virtual void Kill() = 0;   // SIGKILL; requires can_go_away()
  virtual void Start() = 0;  // again
};

std::unique_ptr<FleetServer> MakeFleetServer();

}  // namespace pythia::fleet
