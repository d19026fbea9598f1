package ui

// noticeRole lets trouble be said at once and the rest be read in its turn.
func noticeRole(kind string) string {
	if kind == "error" {
		return "alert"
	}
	return "note"
}

func noticeIcon(kind string) string {
	switch kind {
	case "error", "warning":
		return "alert-circle"
	case "success":
		return "check"
	}
	return "info-circle"
}
