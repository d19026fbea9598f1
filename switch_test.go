package okno_test

import (
	"testing"

	"github.com/oknodesk/okno"
)

func TestSwitchesKeepWhatDiffers(t *testing.T) {
	var s okno.Switches
	for _, side := range []okno.Side{okno.SideCustomer, okno.SideAgent} {
		for _, m := range okno.Matters(side) {
			for _, w := range okno.Ways {
				if first := s.On(m, w); first == (m == okno.MatterDepartment && w != okno.WayLetter) {
					t.Errorf("%s by %s is %v at first", m, w, first)
				}
			}
		}
	}
	s = s.Set(okno.MatterAnswers, okno.WayLetter, false).Set(okno.MatterDepartment, okno.WayBell, true)
	if s.On(okno.MatterAnswers, okno.WayLetter) || !s.On(okno.MatterDepartment, okno.WayBell) || !s.On(okno.MatterAnswers, okno.WayBell) {
		t.Errorf("after two: %q", s)
	}
	s = s.Set(okno.MatterAnswers, okno.WayLetter, false).Set(okno.MatterAnswers, okno.WayLetter, true).Set(okno.MatterDepartment, okno.WayBell, false)
	if s != "" {
		t.Errorf("as at first again, and %q is kept", s)
	}
}

func TestEveryNoticeHasASideAndASwitchOfThatSide(t *testing.T) {
	for _, k := range []okno.NoticeKind{
		okno.NoticeAnswer, okno.NoticeMessage, okno.NoticeDone, okno.NoticeReminder, okno.NoticeClosed, okno.NoticeCallMissed,
		okno.NoticeOpened, okno.NoticeAssigned, okno.NoticeWrote, okno.NoticeApart, okno.NoticeReopened, okno.NoticeEnded,
		okno.NoticeNotClosed, okno.NoticeCall, okno.NoticeCallOff, okno.NoticeReturned, okno.NoticeMerged,
	} {
		found := false
		for _, m := range okno.Matters(k.Side()) {
			found = found || m == k.Matter()
		}
		if !found {
			t.Errorf("%s: the side %q does not switch %q", k, k.Side(), k.Matter())
		}
	}
}

func TestPushTargetsAreAsBrowsersSendThem(t *testing.T) {
	key := make([]byte, 65)
	key[0] = 4
	good := okno.PushTarget{Endpoint: "https://push.example/s/1", P256DH: key, Auth: make([]byte, 16)}
	if err := good.Check(); err != nil {
		t.Errorf("a browser's own: %v", err)
	}
	for name, spoil := range map[string]func(*okno.PushTarget){
		"not https":    func(p *okno.PushTarget) { p.Endpoint = "http://push.example/s/1" },
		"no host":      func(p *okno.PushTarget) { p.Endpoint = "https:///s/1" },
		"a name in it": func(p *okno.PushTarget) { p.Endpoint = "https://a:b@push.example/" },
		"too long":     func(p *okno.PushTarget) { p.Endpoint += string(make([]byte, 1000)) },
		"no point":     func(p *okno.PushTarget) { p.P256DH = make([]byte, 65) },
		"a short key":  func(p *okno.PushTarget) { p.P256DH = p.P256DH[:64] },
		"no secret":    func(p *okno.PushTarget) { p.Auth = nil },
	} {
		bad := good
		spoil(&bad)
		if okno.ReasonOf(bad.Check()) != okno.Invalid {
			t.Errorf("%s: %+v is taken", name, bad)
		}
	}
}
