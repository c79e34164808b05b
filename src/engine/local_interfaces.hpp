#pragma once

#include <string_view>

namespace rtcbot::engine {

/// Whether an interface of this name leads to containers or virtual machines of this machine, and nowhere else: those
/// of Docker, Podman, LXC, LXD, Incus, libvirt, CNI, VMware and VirtualBox. Bridges that people make (br0, br-lan) have
/// other names, and lead to a network. Pure.
[[nodiscard]] bool is_container_bridge(std::string_view name);

/// Whether this machine has, at the moment, an address that another can reach. True where that cannot be found out.
[[nodiscard]] bool has_address_for_others();

}  // namespace rtcbot::engine
