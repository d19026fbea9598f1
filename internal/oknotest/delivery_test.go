package oknotest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/oknotest"
)

// handOver posts a letter as a program does.
func handOver(t *testing.T, url, media, at, signature, raw string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(raw))
	must(t, err)
	r.Header.Set("Content-Type", media)
	r.Header.Set("Okno-Timestamp", at)
	r.Header.Set("Okno-Signature", signature)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	answer.Body.Close()
	return answer.StatusCode
}

func signLetter(key, at, raw string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(at + "." + raw))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestSignedLettersComeInByHTTP(t *testing.T) {
	oknotest.Each(t, oknotest.Options{Args: []string{"--max-letter", "100 KB"}}, func(t *testing.T, r *oknotest.Rig) {
		boxes, err := r.Desk.Mailboxes(t.Context(), okno.Console())
		must(t, err)
		ref := boxes[0].Ref
		old, err := r.Desk.MakeDeliveryKey(t.Context(), okno.Console(), ref)
		must(t, err)
		key, err := r.Desk.MakeDeliveryKey(t.Context(), okno.Console(), ref)
		must(t, err)
		const raw, media = "From: Carl <carl@customer.example>\r\nTo: support@desk.example\r\nMessage-ID: <http@customer.example>\r\nSubject: Printer\r\n\r\nIt does not print.\r\n", "message/rfc822"
		url := r.URL + "/mail/in/" + string(ref)
		at := func(ago time.Duration) string { return strconv.FormatInt(r.Clock.Now().Add(-ago).Unix(), 10) }
		now := at(0)
		large := raw + strings.Repeat("x", 110<<10)
		for _, c := range []struct {
			name, url, media, at, signature, raw string
			want                                 int
		}{
			{"signed", url, media, now, signLetter(key, now, raw), raw, 204},
			{"again", url, media, now, signLetter(key, now, raw), raw, 204},
			{"by the key that was replaced", url, media, now, signLetter(old, now, raw), raw, 401},
			{"another letter", url, media, now, signLetter(key, now, raw), raw + "x", 401},
			{"another time", url, media, at(time.Second), signLetter(key, now, raw), raw, 401},
			{"too late", url, media, at(6 * time.Minute), signLetter(key, at(6*time.Minute), raw), raw, 401},
			{"too early", url, media, at(-6 * time.Minute), signLetter(key, at(-6*time.Minute), raw), raw, 401},
			{"no signature", url, media, now, "", raw, 401},
			{"no such mailbox", r.URL + "/mail/in/nowhere", media, now, signLetter(key, now, raw), raw, 401},
			{"not a letter", url, "text/plain", now, signLetter(key, now, raw), raw, 415},
			{"nothing", url, media, now, signLetter(key, now, " \r\n"), " \r\n", 400},
			{"too large", url, media, now, signLetter(key, now, large), large, 413},
		} {
			if got := handOver(t, c.url, c.media, c.at, c.signature, c.raw); got != c.want {
				t.Errorf("%s: %d, not %d", c.name, got, c.want)
			}
		}
		r.Settle()
		letters, _, err := r.Desk.KeptLetters(t.Context(), okno.Console(), "", "")
		must(t, err)
		if len(letters) != 1 || letters[0].Source != "http" || letters[0].State != okno.KeptJoined {
			t.Errorf("%+v", letters)
		}
		must(t, r.Desk.DropDeliveryKey(t.Context(), okno.Console(), ref))
		if got := handOver(t, url, media, now, signLetter(key, now, raw), raw); got != 401 {
			t.Errorf("without a key: %d", got)
		}
	})
}

// The commands that docs/operations.md names do what it says.
func TestTheDocumentedCommandsHandALetterOver(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	boxes, err := r.Desk.Mailboxes(t.Context(), okno.Console())
	must(t, err)
	key, err := r.Desk.MakeDeliveryKey(t.Context(), okno.Console(), boxes[0].Ref)
	must(t, err)
	paper := documentOf(t, "operations.md")
	_, commands, _ := strings.Cut(paper, "```sh\nat=$(date +%s)")
	commands, _, _ = strings.Cut(commands, "```")
	commands = strings.ReplaceAll("at=$(date +%s)"+commands, "https://desk.example.org/mail/in/NAME", r.URL+"/mail/in/"+string(boxes[0].Ref))
	for _, program := range []string{"curl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c", "printf 'From: carl@customer.example\\nSubject: By hand\\n\\nWords.\\n' >letter.eml\n"+commands)
	shell.Dir, shell.Env = t.TempDir(), []string{"KEY=" + key, "PATH=/usr/bin:/bin"}
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	letters, _, err := r.Desk.KeptLetters(t.Context(), okno.Console(), "", "")
	must(t, err)
	if len(letters) != 1 {
		t.Errorf("%d letters", len(letters))
	}
}

func documentOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	must(t, err)
	return string(text)
}
