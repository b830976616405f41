// What a job is to do, as the JSON that the store keeps of it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "engine/engine.h"

namespace pythia {

std::string CleanRequestText(const CleanCommand& command);
Result<CleanCommand> CleanCommandFromJson(const nlohmann::json& json);

}  // namespace pythia
