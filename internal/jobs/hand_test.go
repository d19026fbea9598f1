package jobs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/jobs"
)

func TestAHandlersOwnChangeEndsTheJob(t *testing.T) {
	each(t, func(b bench) {
		var c calls
		r := b.runner()
		r.Handle("letter", jobs.Options{Backoff: func(int) time.Duration { return 0 }}, func(ctx context.Context, j jobs.Job) error {
			n := c.add(j)
			if n == 3 {
				b.put(jobs.New{Kind: "letter", Key: "5"})
			}
			return b.db.Write(ctx, func(tx *db.Tx) error {
				err := j.Done(tx)
				if n < 3 {
					return errRelay // nothing of the change is kept, the end of the job neither
				}
				return err
			})
		})
		b.put(jobs.New{Kind: "letter", Key: "5"})
		b.run(r)
		b.settle(r)
		c.want(b, 4)
		if n := b.count("letter"); n != (jobs.Count{}) {
			b.Errorf("ended jobs are left: %+v", n)
		}
	})
}

func TestAJobOfNoRunnerIsNotEnded(t *testing.T) {
	each(t, func(b bench) {
		b.put(jobs.New{Kind: "letter"})
		if err := b.db.Write(b.Context(), func(tx *db.Tx) error { return jobs.Job{ID: 1}.Done(tx) }); err != nil {
			b.Fatal(err)
		}
		if n := b.count("letter"); n.Waiting != 1 {
			b.Errorf("it ended a job: %+v", n)
		}
	})
}

// Nobody wakes this runner but what it hears and does itself.
func TestAFullHandTakesTheRestAndWhatIsDueAgain(t *testing.T) {
	each(t, func(b bench) {
		const all = 30
		ended := make(chan struct{}, 2*all)
		var c calls
		r := b.runner()
		r.Handle("letter", jobs.Options{Workers: 2}, func(_ context.Context, j jobs.Job) error {
			ended <- struct{}{}
			if c.add(j) <= 3 {
				return jobs.Later(b.clock.now(), errors.New("once more"))
			}
			return nil
		})
		b.run(r)
		b.settle(r)
		for n := range all {
			b.put(jobs.New{Kind: "letter", Payload: n})
		}
		for range all + 3 {
			<-ended
		}
	})
}

func TestWorkersGiveWayToPeopleWhoWait(t *testing.T) {
	each(t, func(b bench) {
		const workers = 16
		var busy atomic.Bool
		var now, most atomic.Int64
		all, done := make(chan struct{}), make(chan struct{})
		r := b.runner()
		r.GiveWay(busy.Load)
		r.Handle("letter", jobs.Options{Workers: workers}, func(context.Context, jobs.Job) error {
			n := now.Add(1)
			defer now.Add(-1)
			if busy.Load() {
				most.Store(max(n, most.Load()))
				done <- struct{}{}
				return nil
			}
			if n == workers {
				close(all)
			}
			<-all
			return nil
		})
		b.run(r)
		busy.Store(true)
		for range 2 * workers {
			b.put(jobs.New{Kind: "letter"})
		}
		for range 2 * workers {
			<-done
		}
		b.settle(r)
		if most.Load() > 1 {
			b.Errorf("%d worked while people waited", most.Load())
		}
		busy.Store(false)
		for range workers {
			b.put(jobs.New{Kind: "letter"})
		}
		b.settle(r) // it does only if all of them work at once
	})
}

func TestWhatGaveWayGoesOnThoughTheOneAtWorkTakesLong(t *testing.T) {
	each(t, func(b bench) {
		const workers = 8
		all := make(chan struct{})
		var now, asked atomic.Int64
		r := b.runner()
		r.GiveWay(func() bool { return asked.Add(1) < 10 }) // more often than for what was put
		r.Handle("letter", jobs.Options{Workers: workers}, func(context.Context, jobs.Job) error {
			if now.Add(1) == workers {
				close(all)
			}
			<-all
			return nil
		})
		for range workers {
			b.put(jobs.New{Kind: "letter"})
		}
		b.run(r)
		<-all
	})
}

func TestWhatHasWaitedLongIsBegunOneByOne(t *testing.T) {
	each(t, func(b bench) {
		const workers = 4
		all := make(chan struct{})
		var now atomic.Int64
		var first, last atomic.Pointer[time.Time]
		r := b.runner()
		r.GiveWay(func() bool { // is asked before anything is begun
			at := time.Now()
			first.CompareAndSwap(nil, &at)
			return true
		})
		r.Handle("letter", jobs.Options{Workers: workers}, func(context.Context, jobs.Job) error {
			if now.Add(1) == workers {
				at := time.Now()
				last.Store(&at)
				close(all)
			}
			<-all
			return nil
		})
		for range workers {
			b.put(jobs.New{Kind: "letter"})
		}
		b.clock.move(15 * time.Second)
		b.run(r)
		b.settle(r) // it does only if all of them are at work at once
		if took := last.Load().Sub(*first.Load()); took < (workers-1)*100*time.Millisecond {
			b.Errorf("all were begun within %v while people waited", took)
		}
	})
}
