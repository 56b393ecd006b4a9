// The fields of each kind, in the order in which Go's encoder writes them.
#pragma once

#include <rebolt/docker/records.hpp>

#include "docker/fields.hpp"

namespace rebolt::docker {

void visit(Fields& fields, Network& network);
void visit(Fields& fields, Endpoint& endpoint);
void visit(Fields& fields, EndpointCount& count);
void visit(Fields& fields, Sandbox& sandbox);
void visit(Fields& fields, BridgeNetwork& network);
void visit(Fields& fields, BridgeEndpoint& endpoint);
void visit(Fields& fields, VlanNetwork& network);
void visit(Fields& fields, DriverEndpoint& endpoint);
void visit(Fields& fields, AddressSpace& space);
void visit(Fields& fields, BitSequence& sequence);
void visit(Fields& fields, Marker& marker);
void visit(Fields& fields, OtherRecord& record);

/// How libnetwork decodes a kind.
template <class T>
constexpr Decoding decoding_of = Decoding::by_assertion;
template <>
inline constexpr Decoding decoding_of<EndpointCount> = Decoding::by_struct;
template <>
inline constexpr Decoding decoding_of<Sandbox> = Decoding::by_struct;
template <>
inline constexpr Decoding decoding_of<OtherRecord> = Decoding::leniently;

} // namespace rebolt::docker
