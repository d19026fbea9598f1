package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/jobs"
)

// crashVariable, set to a url, makes this program take a job there and hang.
const crashVariable = "OKNO_TEST_CRASH"

func TestMain(m *testing.M) {
	if url := os.Getenv(crashVariable); url != "" {
		takeAndHang(url)
	}
	goleak.VerifyTestMain(m)
}

func takeAndHang(url string) {
	d, err := db.Open(context.Background(), url, db.Options{})
	if err != nil {
		panic(err)
	}
	r := jobs.NewRunner(d, newClock().now, slog.Default())
	r.Handle("letter", jobs.Options{Workers: 1}, func(context.Context, jobs.Job) error {
		fmt.Println("taken")
		select {}
	})
	panic(r.Run(context.Background()))
}

// leave has a process of its own take a job of b and die with it in hand.
func (b bench) leave(url string) {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashVariable+"="+url)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		b.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		b.Fatal(err)
	}
	_ = child.Wait() // it was killed
}

// eachURL is each for a test that other processes take part in.
func eachURL(t *testing.T, test func(b bench, url string)) {
	for dialect, url := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(dialect, func(t *testing.T) {
			b := bench{t, dbtest.Open(t, url), newClock()}
			if err := b.db.Migrate(t.Context(), jobs.Migrations); err != nil {
				t.Fatal(err)
			}
			test(b, url)
		})
	}
}

func TestAKilledProcessesJobsAreDoneByAnother(t *testing.T) {
	eachURL(t, func(b bench, url string) {
		for range 3 { // one begun, two claimed ahead
			b.put(jobs.New{Kind: "letter"})
		}
		b.leave(url)
		r := b.runner()
		var c calls
		r.Handle("letter", jobs.Options{}, c.answering(nil))
		b.run(r)
		b.move(r, 31*time.Second)
		c.want(b, 3)
		if len(c.all) > 0 && c.all[0].Attempt != 2 {
			b.Errorf("its attempt is %d, want 2", c.all[0].Attempt)
		}
	})
}

// hanging is a handler that waits until it is let go or cancelled.
type hanging struct {
	begun chan struct{}
	letGo chan struct{}
	ended chan error
}

func newHanging() *hanging {
	return &hanging{make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)}
}

func (h *hanging) handle(ctx context.Context, _ jobs.Job) error {
	h.begun <- struct{}{}
	select {
	case <-h.letGo:
	case <-ctx.Done():
	}
	h.ended <- ctx.Err()
	return ctx.Err()
}

func TestALeaseThatEndsIsTakenOver(t *testing.T) {
	each(t, func(b bench) {
		slow, first := newHanging(), b.runner()
		first.Handle("letter", jobs.Options{}, slow.handle)
		b.put(jobs.New{Kind: "letter"})
		b.run(first)
		<-slow.begun
		var c calls
		second := b.runner()
		taken := make(chan struct{})
		finish := make(chan struct{})
		second.Handle("letter", jobs.Options{}, func(_ context.Context, j jobs.Job) error {
			c.add(j)
			close(taken)
			<-finish
			return nil
		})
		b.clock.move(29 * time.Second)
		jobs.Renew(b.Context(), first)
		b.run(second)
		b.clock.move(29 * time.Second)
		second.Wake()
		b.put(jobs.New{Kind: "letter", At: b.clock.now().Add(time.Hour)})
		if n := b.count("letter"); n.InHand != 1 {
			b.Errorf("left are %+v, want one in hand", n)
		}
		c.want(b, 0)
		b.clock.move(2 * time.Second)
		second.Wake()
		<-taken
		jobs.Renew(b.Context(), first)
		if err := <-slow.ended; !errors.Is(err, context.Canceled) {
			b.Errorf("the first handler ended with %v", err)
		}
		if n := b.count("letter"); n.InHand != 1 {
			b.Errorf("left are %+v, want one in hand", n)
		}
		close(finish)
		b.settle(second)
		c.want(b, 1)
		if n := b.count("letter"); n.InHand != 0 || n.Waiting != 1 {
			b.Errorf("left are %+v, want one waiting", n)
		}
	})
}

func TestARunnerAloneDoesNotWaitForADeadOnesLease(t *testing.T) {
	eachURL(t, func(b bench, url string) {
		b.put(jobs.New{Kind: "letter"})
		b.leave(url)
		var c calls
		r := b.runner()
		r.Alone()
		r.Handle("letter", jobs.Options{}, c.answering(nil))
		b.run(r)
		b.settle(r)
		c.want(b, 1)
	})
}

func TestARunnerStoppedAtOnceLeavesNothingInADeadOnesHand(t *testing.T) {
	eachURL(t, func(b bench, url string) {
		b.put(jobs.New{Kind: "letter"})
		b.leave(url)
		r := b.runner()
		r.Alone()
		r.Handle("letter", jobs.Options{}, new(calls).answering(nil))
		stopped, stop := context.WithCancel(b.Context())
		stop()
		if err := r.Run(stopped); err != nil {
			b.Fatal(err)
		}
		if n := b.count("letter"); n.InHand != 0 || n.Waiting != 1 {
			b.Errorf("left are %+v, want one waiting", n)
		}
	})
}

func TestAJobThatEndsProcessesWaitsItsLeaseOut(t *testing.T) {
	each(t, func(b bench) {
		slow, first := newHanging(), b.runner()
		first.Handle("letter", jobs.Options{}, func(ctx context.Context, j jobs.Job) error {
			if j.Attempt <= 5 {
				return errRelay
			}
			return slow.handle(ctx, j)
		})
		b.put(jobs.New{Kind: "letter"})
		b.run(first)
		b.settle(first)
		for range 4 {
			b.move(first, time.Minute)
		}
		b.clock.move(2 * time.Minute)
		first.Wake()
		<-slow.begun
		var c, others calls
		last := b.runner()
		last.Alone()
		last.Handle("letter", jobs.Options{}, c.answering(nil))
		last.Handle("other", jobs.Options{}, others.answering(nil))
		b.put(jobs.New{Kind: "other"})
		b.run(last)
		for b.count("other") != (jobs.Count{}) { // until it is done
		}
		c.want(b, 0)
		others.want(b, 1)
		close(slow.letGo)
	})
}

func TestLastLeasesEndIsTheEnd(t *testing.T) {
	each(t, func(b bench) {
		slow, first := newHanging(), b.runner()
		first.Handle("letter", jobs.Options{MaxAttempts: 1}, slow.handle)
		b.put(jobs.New{Kind: "letter"})
		b.run(first)
		<-slow.begun
		var c calls
		second := b.runner()
		second.Handle("letter", jobs.Options{MaxAttempts: 1}, c.answering(nil))
		b.clock.move(time.Minute)
		b.run(second)
		b.settle(second)
		c.want(b, 0)
		if len(b.dead()) != 1 {
			b.Error("a job with all its attempts gone is not dead")
		}
		close(slow.letGo)
	})
}

func TestStoppingFinishesWhatIsInHand(t *testing.T) {
	each(t, func(b bench) {
		slow, r := newHanging(), b.runner()
		r.Handle("letter", jobs.Options{Workers: 1}, slow.handle)
		for range 3 {
			b.put(jobs.New{Kind: "letter"})
		}
		stop := b.run(r)
		<-slow.begun
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		for b.count("letter").InHand > 1 { // those not begun are given back at once
		}
		close(slow.letGo)
		<-stopped
		if err := <-slow.ended; err != nil {
			b.Errorf("the handler was cut short: %v", err)
		}
		if n := b.count("letter"); n.InHand != 0 || n.Waiting != 2 {
			b.Errorf("left are %+v, want two waiting", n)
		}
		var c calls
		next := b.runner()
		next.Handle("letter", jobs.Options{}, c.answering(nil))
		b.run(next)
		b.settle(next)
		c.want(b, 2)
		for _, j := range c.all {
			if j.Attempt != 1 {
				b.Errorf("a job given back counts attempt %d, want 1", j.Attempt)
			}
		}
	})
}

func TestEveryRunsOncePerPeriodAmongRunners(t *testing.T) {
	each(t, func(b bench) {
		var c calls
		var runners []*jobs.Runner
		for range 2 {
			r := b.runner()
			r.Every("sweep", time.Hour, func(context.Context) error { c.add(jobs.Job{}); return errRelay })
			b.run(r)
			runners = append(runners, r)
		}
		for _, r := range runners {
			b.settle(r)
		}
		c.want(b, 1)
		for n := 2; n < 5; n++ {
			b.clock.move(time.Hour)
			for _, r := range runners {
				r.Wake()
			}
			for _, r := range runners {
				b.settle(r)
			}
			c.want(b, n)
		}
	})
}

func TestManyJobsAmongRunnersAreEachDoneOnce(t *testing.T) {
	each(t, func(b bench) {
		const n = 300
		var mu sync.Mutex
		seen := make(map[string]int)
		var runners []*jobs.Runner
		for range 3 {
			r := b.runner()
			for _, kind := range []string{"a", "b"} {
				r.Handle(kind, jobs.Options{}, func(_ context.Context, j jobs.Job) error {
					mu.Lock()
					defer mu.Unlock()
					seen[j.Kind+string(j.Payload)]++
					return nil
				})
			}
			b.run(r)
			runners = append(runners, r)
		}
		var putters sync.WaitGroup
		for i := range n {
			putters.Go(func() { b.put(jobs.New{Kind: []string{"a", "b"}[i%2], Payload: i}) })
		}
		putters.Wait()
		for _, r := range runners {
			b.settle(r)
		}
		if len(seen) != n {
			b.Errorf("%d jobs were done, want %d", len(seen), n)
		}
		for j, times := range seen {
			if times != 1 {
				b.Errorf("%s was done %d times", j, times)
			}
		}
	})
}

// BenchmarkJobs is a job put in a change of its own and done by a handler that
// has nothing to do.
func BenchmarkJobs(b *testing.B) {
	for dialect, url := range map[string]func(testing.TB, ...fs.FS) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(dialect, func(b *testing.B) {
			d := dbtest.Open(b, url(b))
			if err := d.Migrate(b.Context(), jobs.Migrations); err != nil {
				b.Fatal(err)
			}
			r := jobs.NewRunner(d, time.Now, slog.New(slog.DiscardHandler))
			r.Handle("letter", jobs.Options{Workers: 16}, func(context.Context, jobs.Job) error { return nil })
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- r.Run(ctx) }()
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := d.Write(b.Context(), func(tx *db.Tx) error { return jobs.Put(tx, time.Now(), jobs.New{Kind: "letter"}) })
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			if err := r.Settle(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			stop()
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	}
}
