package outbound

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestStrangersLearnNothingFromARedirect(t *testing.T) {
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		for _, header := range []string{"Referer", "Cookie"} {
			if got := r.Header.Get(header); got != "" {
				t.Errorf("%s says %s %q", r.URL, header, got)
			}
		}
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "before"})
		if left := strings.TrimPrefix(r.URL.Path, "/"); left != "" {
			http.Redirect(w, r, "/"+left[1:], http.StatusFound)
			return
		}
		io.WriteString(w, "arrived")
	})
	client := newDialer(t, []string{"127.0.0.2"}, nil).Strangers(5*time.Second, 1000)
	t.Cleanup(client.CloseIdleConnections)
	for path, want := range map[string]error{"/": nil, "/123": nil, "/1234": ErrRedirects} {
		answer, err := client.Get(world.URL + path)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
		if err == nil {
			answer.Body.Close()
		}
	}
}

func TestStrangersLeadOnlyToWebServers(t *testing.T) {
	var location string
	world := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, location, http.StatusFound)
	})
	client := newDialer(t, []string{"127.0.0.2"}, nil).Strangers(5*time.Second, 1000)
	t.Cleanup(client.CloseIdleConnections)
	for _, location = range []string{"http://127.0.0.2:25/", "https://127.0.0.2:993/x.png", "http://127.0.0.2:0/"} {
		if _, err := client.Get(world.URL); !errors.Is(err, ErrPort) {
			t.Errorf("led to %s: %v", location, err)
		}
		if _, err := client.Get(location); !errors.Is(err, ErrPort) {
			t.Errorf("asked for %s: %v", location, err)
		}
	}
}
