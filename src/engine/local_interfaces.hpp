#pragma once

#include <string_view>

namespace rtcbot::engine {

/// True if an interface of this name leads only to containers or virtual machines of this machine: those of Docker,
/// Podman, LXC, LXD, Incus, libvirt, CNI, VMware and VirtualBox. Bridges that administrators create (br0, br-lan) have
/// other names, and lead to a network. Pure.
[[nodiscard]] bool is_container_bridge(std::string_view name);

/// True if this machine now has an address that other machines can reach, or if that is unknown.
[[nodiscard]] bool has_address_for_others();

}  // namespace rtcbot::engine
