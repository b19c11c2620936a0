"""Names and addresses of this machine in its own network, for a school on a laptop. Needs no Django."""

import contextlib
import fcntl
import socket
import struct

ASK_ADDRESS = 0x8915  # SIOCGIFADDR of Linux: the IPv4 address of a network interface


def network_addresses() -> list[str]:
    """Return this machine's IPv4 addresses but the loopback's, asked of each interface.

    A name server or `/etc/hosts` often knows only 127.0.0.1, and a laptop that opens a hotspot has no route to ask.
    """
    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _index, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(asking.fileno(), ASK_ADDRESS, struct.pack("256s", name.encode()))
                found.add(socket.inet_ntoa(answer[20:24]))
    return sorted(address for address in found if not address.startswith("127."))


def own_names() -> list[str]:
    """Return every name and address under which a browser may ask this machine for the school."""
    name = socket.gethostname()
    return ["localhost", "127.0.0.1", "[::1]", name, f"{name}.local", *network_addresses()]
