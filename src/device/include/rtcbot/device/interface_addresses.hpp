#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::device {

/// One IP address of one network interface of this machine.
struct InterfaceAddress {
  std::string interface {};    ///< For example "eth0".
  std::string address{};       ///< For example "192.168.1.20" or "2001:db8::1".
  bool is_ipv6 = false;        ///< Otherwise IPv4.
  bool is_running = false;     ///< The interface is up and has a carrier.
  bool is_loopback = false;    ///< Of the loopback interface.
  bool is_link_local = false;  ///< 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 section 2.5.6).
  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};

/// The IP addresses of this machine now, in the kernel's order; nothing if the kernel does not list them.
[[nodiscard]] std::optional<std::vector<InterfaceAddress>> interface_addresses();

/// True if an interface of this name leads only to containers or virtual machines of this machine: those of Docker,
/// Podman, LXC, LXD, Incus, libvirt, CNI, VMware and VirtualBox. Bridges that administrators create (br0, br-lan) have
/// other names, and lead to a network. Pure.
[[nodiscard]] bool is_container_bridge(std::string_view name);

/// True if other machines may reach this address: its interface is running and leads neither to this machine only nor
/// to its containers. Includes link-local addresses. Pure.
[[nodiscard]] bool leads_to_others(const InterfaceAddress& entry);

}  // namespace rtcbot::device
