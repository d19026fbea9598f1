package mail

import (
	"slices"
	"testing"
)

func TestSubjectReplyCollapsesPrefixes(t *testing.T) {
	for subject, want := range map[string]string{
		"Счёт": "Re: Счёт", "Re: Счёт": "Re: Счёт", "RE: Re: FW: Счёт": "Re: Счёт", "Re[2]: Счёт": "Re: Счёт", "RE (3): Счёт": "Re: Счёт",
		"Ответ: Счёт": "Re: Счёт", "НА: Счёт": "Re: Счёт", "HA: Счёт": "Re: Счёт", "AW: WG: Rechnung": "Re: Rechnung", "Fwd:Re:  x": "Re: x",
		"Regarding: x": "Re: Regarding: x", "На складе: пусто": "Re: На складе: пусто", "Re: [#100001] x": "Re: [#100001] x", "": "Re:", "Re: ": "Re:", "Ре: x": "Re: x",
	} {
		if got := SubjectReply(subject); got != want {
			t.Errorf("%q: %q, want %q", subject, got, want)
		}
		if got := SubjectReply(SubjectReply(subject)); got != want {
			t.Errorf("%q twice: %q", subject, got)
		}
	}
}

func TestIsForward(t *testing.T) {
	for subject, want := range map[string]bool{"Fwd: x": true, "FW: x": true, "Пересл: x": true, "Re: Fwd: x": false, "Forward: x": false, "x": false} {
		if IsForward(subject) != want {
			t.Errorf("%q", subject)
		}
	}
}

func TestTicketTag(t *testing.T) {
	for subject, want := range map[string][]string{
		"Re: [#100001] x": {"100001"}, "[#100001] [#100002] [#100001]": {"100001", "100002"}, "[Заявка #100001]": {"100001"}, "[#AB-12]": {"AB-12"},
		"#100001": nil, "[100001]": nil, "[#]": nil, "[#-1]": nil, "x": nil,
	} {
		if got := TicketTag(subject); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", subject, got, want)
		}
	}
}
