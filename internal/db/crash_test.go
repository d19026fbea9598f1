package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// crashVariable, set to a url, makes this program write there until it is killed.
const crashVariable = "OKNO_TEST_CRASH"

func TestMain(m *testing.M) {
	if url := os.Getenv(crashVariable); url != "" {
		writeForEver(url)
	}
	goleak.VerifyTestMain(m)
}

// writeForEver prints each name once its change is answered.
func writeForEver(url string) {
	d, err := db.Open(context.Background(), url, db.Options{})
	if err != nil {
		panic(err)
	}
	var out sync.Mutex
	for w := range 8 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d", w, i)
				if err := d.Write(context.Background(), func(tx *db.Tx) error { return addPerson(tx, name) }); err != nil {
					panic(err)
				}
				out.Lock()
				fmt.Println(name)
				out.Unlock()
			}
		}()
	}
	select {}
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	for dialect, url := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(dialect, func(t *testing.T) {
			d := openWithSchema(t, url)
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), crashVariable+"="+url)
			child.Stderr = os.Stderr
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			var answered []string
			for lines := bufio.NewReader(out); ; {
				line, err := lines.ReadString('\n')
				if err != nil {
					break
				}
				answered = append(answered, strings.TrimSpace(line))
				if len(answered) == 500 {
					if err := child.Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := child.Wait(); err == nil || len(answered) < 500 {
				t.Fatalf("the child ended by itself after %d changes", len(answered))
			}
			kept := make(map[string]bool)
			for _, name := range names(t, d) {
				kept[name] = true
			}
			for _, name := range answered {
				if !kept[name] {
					t.Errorf("%s was answered and is not there", name)
				}
			}
		})
	}
}
