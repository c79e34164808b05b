"""A viewer's connection with every layer open: what ICE, DTLS, SRTP and SCTP need is done by aiortc, and beside it raw
bytes can be put into each of them."""
import asyncio
import json
import re
import struct

import aiohttp
import pylibsrtp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcdtlstransport import State
from aiortc.rtcsctptransport import RTCSctpTransport
from crc32c import crc32c

CONNECT_LIMIT = 15  # seconds until an attack that needs a connection is given up


class NotConnected(Exception):
    """The robot did not take the offer, or no connection came of it. No fault by itself: it may be full."""


async def _ignore(*_args, **_more):
    pass


def _keep_alive(sctp):
    """Lets aiortc's association bear what the robot answers. aiortc knows nothing of the channels and chunks that an
    attack sends past it; an acknowledgement of such a channel is a broken assertion to it, which would end its DTLS in
    the middle of the attack."""
    handle_data, receive = sctp._handle_data, sctp._data_channel_receive

    async def handle(data):
        try:
            await handle_data(data)
        except ConnectionError:
            raise
        except Exception:  # Whatever does not fit what aiortc knows.
            pass

    async def receive_known(stream, kind, data):
        if stream in sctp._data_channels:
            await receive(stream, kind, data)

    sctp._handle_data, sctp._data_channel_receive = handle, receive_known


class Wire:
    """One connection to the robot. `send_data` puts an SCTP packet into DTLS, `send_media` RTP or RTCP into SRTP,
    `send_datagram` bytes as they are into the path that ICE has chosen."""

    def __init__(self, url, random):
        self.url = url
        self.random = random
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channel = self.connection.createDataChannel("default")
        self.opened = asyncio.Event()
        self.channel.on("open", self.opened.set)
        kinds = random.choice([["video"], ["video", "audio"]])
        for kind in kinds:
            self.connection.addTransceiver(kind, direction=random.choice(["recvonly", "recvonly", "sendrecv"]))
        self.answer = None
        self.offer = None

    async def make_offer(self, change=lambda sdp: sdp):
        """`change`: what becomes of the text before it is sent; aiortc itself goes by the unchanged one."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.offer = {"sdp": change(self.connection.localDescription.sdp), "type": "offer"}
        # Nothing is decoded: the pictures are the robot's, and the machine's time is short.
        for transport in self.transports():
            transport._handle_rtp_data = transport._handle_rtcp_data = _ignore
        _keep_alive(self.sctp)

    def transports(self):
        sctp = self.connection.sctp
        media = [each._transport for each in self.connection.getTransceivers()]
        return {id(each): each for each in [*media, sctp.transport]}.values()

    async def post(self):
        """The robot's answer, as JSON."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
            async with session.post(f"{self.url}/connect", data=json.dumps(self.offer)) as response:
                answer = json.loads(await response.text())
                if response.status != 200:
                    raise NotConnected(f"{response.status} {answer.get('error')}")
                return answer

    async def accept(self, answer, change=lambda sdp: sdp):
        self.answer = answer["sdp"]
        await self.connection.setRemoteDescription(RTCSessionDescription(change(answer["sdp"]), "answer"))

    async def dial(self):
        """Until messages can be sent."""
        await self.make_offer()
        await self.accept(await self.post())
        try:
            await asyncio.wait_for(self.opened.wait(), CONNECT_LIMIT)
        except asyncio.TimeoutError:
            raise NotConnected("no data channel opened in time") from None

    async def close(self):
        """As a browser whose tab is closed; a connection that is broken must not hold this up."""
        try:
            await asyncio.wait_for(self.connection.close(), 3)
        except Exception:  # Whatever state the attack has left aiortc in.
            pass
        # Its decoders are threads, for which Python would wait forever where the above was not enough.
        for each in self.connection.getTransceivers():
            each.receiver._RTCRtpReceiver__stop_decoder()

    @property
    def dtls(self):
        return self.connection.sctp.transport

    @property
    def ice(self):
        return self.dtls.transport

    @property
    def sctp(self) -> RTCSctpTransport:
        return self.connection.sctp

    def is_connected(self):
        return self.dtls._state == State.CONNECTED

    async def send_datagram(self, data):
        try:
            await self.ice._connection.send(data)
        except (ConnectionError, OSError):
            raise NotConnected("the path has gone") from None

    async def send_data(self, packet):
        """An SCTP packet, in one DTLS record."""
        if not self.is_connected():
            raise NotConnected("DTLS has ended")
        self.dtls.ssl.send(packet)
        await self.send_datagram(self.dtls.ssl.bio_read(65_536))

    async def send_media(self, packet):
        """RTP or RTCP, encrypted. What libsrtp does not encrypt goes out as it is."""
        if self.dtls._tx_srtp is None:
            raise NotConnected("no keys")
        is_rtcp = len(packet) > 1 and 192 <= packet[1] <= 223
        try:
            packet = self.dtls._tx_srtp.protect_rtcp(packet) if is_rtcp else self.dtls._tx_srtp.protect(packet)
        except (pylibsrtp.Error, TypeError):
            pass
        await self.send_datagram(packet)

    def sctp_packet(self, chunks, tag=None, ports=None):
        """A packet of raw chunks, with a checksum that is right."""
        sctp = self.sctp
        source, target = ports or (sctp._local_port, sctp._remote_port)
        header = struct.pack("!HHL", source, target, sctp._remote_verification_tag if tag is None else tag)
        body = b"".join(chunks)
        return header + struct.pack("<L", crc32c(header + bytes(4) + body)) + body

    async def send_chunks(self, *chunks, tag=None, ports=None):
        await self.send_data(self.sctp_packet(chunks, tag, ports))

    def next_tsn(self):
        """The next number of a DATA chunk; aiortc goes on after it."""
        tsn = self.sctp._local_tsn
        self.sctp._local_tsn = (tsn + 1) % 2**32
        return tsn

    def robot_ssrcs(self):
        """Of what the robot sends."""
        return [int(each) for each in dict.fromkeys(re.findall(r"^a=ssrc:(\d+)", self.answer, re.M))] or [1]

    def robot_addresses(self):
        """Where the robot can be reached by UDP, best first."""
        found = re.findall(r"^a=candidate:\S+ 1 udp (\d+) (\S+) (\d+) typ host", self.answer, re.M | re.I)
        return [
            (address, int(port))
            for _, address, port in sorted(found, key=lambda each: -int(each[0]))
            if "." in address
        ]

    def credentials(self):
        """ICE's user name and password for requests to the robot."""
        theirs = re.search(r"^a=ice-ufrag:(\S+)", self.answer, re.M).group(1)
        ours = re.search(r"^a=ice-ufrag:(\S+)", self.offer["sdp"], re.M).group(1)
        return f"{theirs}:{ours}".encode(), re.search(r"^a=ice-pwd:(\S+)", self.answer, re.M).group(1).encode()
