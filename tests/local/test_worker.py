"""A worker takes what comes at the socket that it shares with the others."""

import socket
import threading

from local.worker import _Server


def test_a_worker_does_not_wait_for_a_request_that_another_took() -> None:
    with socket.create_server(("127.0.0.1", 0)) as shared:
        server = _Server(lambda environ, start_response: [], shared.fileno())
        # Every worker is told that a request is there, and one of them is the first to take it.
        looking = threading.Thread(target=server._handle_request_noblock, daemon=True)
        looking.start()
        looking.join(5)
        waits = looking.is_alive()
        socket.create_connection(shared.getsockname()).close()
        server.server_close()
    assert not waits
