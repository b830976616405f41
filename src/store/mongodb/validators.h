// What the server itself refuses to store: the $jsonSchema of every collection.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store/mongodb/document.h"
#include "store/names.h"

namespace pythia::mongo {

// {collection, schema} of all collections, those for people and those of the store.
std::vector<std::pair<std::string, Document>> ValidatorsOf(const TableNames& names);

}  // namespace pythia::mongo
