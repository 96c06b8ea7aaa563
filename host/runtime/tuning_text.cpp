// How does a tuning travel from one process to the next?
#include "host/runtime/tuning_text.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "host/graph/error.h"
#include "host/kernels/spirv.h"
#include "host/runtime/checkpoint.h"

namespace gouache {
namespace {

using Json = nlohmann::json;  // sorts its keys: the same rows are the same text

constexpr int kTuningFormat = 1;

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string sum_of(const std::string& text) { return fingerprint(std::as_bytes(std::span(text))); }

std::string dump(const Json& json, int indent = -1) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

/// What must agree, in the order in which a difference is named.
struct Maker {
  std::string device, device_uuid, driver, driver_version, driver_uuid, shaders;
};

constexpr struct {
  const char* key;
  std::string Maker::*value;
  const char* other;  ///< what the tuning is of, when it differs
} kMaker[] = {
    {"device", &Maker::device, "another device"},
    {"device_uuid", &Maker::device_uuid, "another device"},
    {"driver", &Maker::driver, "another driver"},
    {"driver_version", &Maker::driver_version, "another driver version"},
    {"driver_uuid", &Maker::driver_uuid, "another build of the driver"},
    {"shaders", &Maker::shaders, "other shaders"},
};

Maker maker_of(const DeviceFacts& facts) {
  Maker maker;
  maker.device = facts.name;
  maker.device_uuid = hex(facts.uuid);
  maker.driver = facts.driver_name + " " + facts.driver_info;
  maker.driver_version = std::to_string(facts.driver_version);
  maker.driver_uuid = hex(facts.pipeline_cache_uuid);
  std::uint8_t shaders[8];
  for (int i = 0; i < 8; ++i) shaders[i] = static_cast<std::uint8_t>(spirv_hash() >> (56 - 8 * i));
  maker.shaders = hex(shaders);
  return maker;
}

/// A microsecond figure; negative where it is none.
double time_of(const Json& row, const char* key) {
  if (!row.contains(key) || !row[key].is_number()) return -1;
  const auto value = row[key].get<double>();
  return std::isfinite(value) ? value : -1;
}

}  // namespace

std::string tuning_key(const DeviceFacts& facts) {
  const Maker maker = maker_of(facts);
  std::string text;
  for (const auto& one : kMaker) text += maker.*one.value + "\n";
  return sum_of(text);
}

std::string tuning_text(const DeviceFacts& facts, const Tuning& tuning) {
  Json json = {{"gouache_tuning", kTuningFormat}, {"rows", Json::object()}};
  const Maker maker = maker_of(facts);
  for (const auto& one : kMaker) json[one.key] = maker.*one.value;
  for (const auto& [signature, tuned] : tuning.rows)
    json["rows"][signature] = {
        {"row", tuned.row}, {"microseconds", tuned.microseconds}, {"static_microseconds", tuned.static_microseconds}};
  json["check"] = sum_of(dump(json["rows"]));
  return dump(json, 1) + "\n";
}

Tuning read_tuning(const DeviceFacts& facts, const std::string& name, std::string_view text) {
  const auto damaged = [&](const std::string& what) { return Error(ErrorCode::bad_file, name + ": " + what); };
  if (text.size() > kMostTuningBytes) throw damaged("longer than any tuning");
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) throw damaged("not the JSON text of a tuning (truncated?)");
  if (!json.contains("gouache_tuning")) throw damaged("not written by gouache tune or gouGetTuning");
  if (json["gouache_tuning"] != kTuningFormat)
    throw damaged("of format " + dump(json["gouache_tuning"]).substr(0, 20) + ", this library reads " + std::to_string(kTuningFormat));

  const Maker here = maker_of(facts);
  for (const auto& one : kMaker) {
    if (!json.contains(one.key) || !json[one.key].is_string()) throw damaged(std::string("'") + one.key + "' is missing");
    const auto found = json[one.key].get<std::string>();
    if (found != here.*one.value)
      throw Error(ErrorCode::unsupported,
                  name + ": of " + one.other + " (" + one.key + " '" + found.substr(0, 200) + "'; here it is '" + here.*one.value + "')");
  }
  if (!json.contains("rows") || !json["rows"].is_object()) throw damaged("'rows' is missing");
  if (!json.contains("check") || json["check"] != sum_of(dump(json["rows"])))
    throw damaged("damaged: its checksum does not match its rows");
  Tuning tuning;
  for (const auto& [signature, row] : json["rows"].items()) {
    const double best = time_of(row, "microseconds"), fixed = time_of(row, "static_microseconds");
    if (!row.is_object() || !row.contains("row") || !row["row"].is_string() || best < 0 || fixed < 0)
      throw damaged("the row of '" + signature.substr(0, 200) + "' is " + dump(row).substr(0, 80));
    tuning.rows[signature] = {row["row"].get<std::string>(), best, fixed};
  }
  return tuning;
}

}  // namespace gouache
