package app

import (
	"log/slog"
	"net"
)

// supervisor is what has started this process and waits to hear how it is, as
// sd_notify(3) has it. nil: nobody waits.
type supervisor struct {
	conn net.Conn
	log  *slog.Logger
}

// supervisedAt is the supervisor who listens at a socket: a path, or a name
// that begins with "@"; "": there is none.
func supervisedAt(socket string, log *slog.Logger) *supervisor {
	if socket == "" {
		return nil
	}
	conn, err := (&net.Dialer{}).Dial("unixgram", socket)
	if err != nil {
		log.Warn("whoever started the program is not told how it is", "error", err)
		return nil
	}
	return &supervisor{conn, log}
}

// tell says a state, such as "READY=1".
func (s *supervisor) tell(state string) {
	if s == nil {
		return
	}
	if _, err := s.conn.Write([]byte(state)); err != nil {
		s.log.Warn("whoever started the program is not told how it is", "state", state, "error", err)
	}
}

func (s *supervisor) close() {
	if s != nil {
		_ = s.conn.Close() // a datagram was sent or not
	}
}
