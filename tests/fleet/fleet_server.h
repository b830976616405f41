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
  // What follows requires can_go_away().
  virtual void Kill() = 0;    // SIGKILL
  virtual void Start() = 0;   // again
  virtual void Freeze() = 0;  // SIGSTOP: it takes connections and answers nothing
  virtual void Thaw() = 0;
};

// Null where there can be none here.
std::unique_ptr<FleetServer> MakeFleetServer();

}  // namespace pythia::fleet
