#!/usr/bin/python3
"""An RTSP camera of GStreamer's server library, on loopback: prints its port, and ends when its input does.

usage: rtsp_server.py [--port N] [--sound first|last|only] [--codec h264|vp8] [--user NAME --password TEXT]
                      [--one-protocol tcp|udp]
"""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

VIDEO = {
    "h264": "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 "
            "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay{} pt=96",
    "vp8": "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 "
           "! vp8enc deadline=1 keyframe-max-dist=15 ! rtpvp8pay name=pay{} pt=96",
}
SOUND = "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay{} pt=0"


def launch_text(arguments):
    parts = [VIDEO[arguments.codec]]
    if arguments.sound == "first":
        parts.insert(0, SOUND)
    elif arguments.sound == "last":
        parts.append(SOUND)
    elif arguments.sound == "only":
        parts = [SOUND]
    return "( " + " ".join(part.format(i) for i, part in enumerate(parts)) + " )"


def protect(server, factory, user, password):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", default="0")
    parser.add_argument("--sound", choices=["first", "last", "only"])
    parser.add_argument("--codec", choices=sorted(VIDEO), default="h264")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--one-protocol", choices=["tcp", "udp"])
    arguments = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch_text(arguments))
    factory.set_shared(True)
    if arguments.one_protocol:
        factory.set_protocols(getattr(GstRtsp.RTSPLowerTrans, arguments.one_protocol.upper()))
    if arguments.user:
        protect(server, factory, arguments.user, arguments.password)
    server.get_mount_points().add_factory("/cam", factory)
    loop = GLib.MainLoop()
    if not server.attach(None):
        sys.exit("the port is taken")
    print(server.get_bound_port(), flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
