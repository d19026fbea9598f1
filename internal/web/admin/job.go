package admin

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
)

// jobs lists the duties that were given up.
func (a *Admin) jobs(q *web.Request) error {
	dead, err := a.desk.DeadJobs(q.Context(), q.Actor)
	if err != nil {
		return err
	}
	l := q.Locale
	v := listView{view: sectionView(q, "jobs"), emptyText: l.T("admin.job.none")}
	var s indexState
	if s.changes, s.oldest, err = a.desk.IndexLag(q.Context()); err != nil {
		return err
	}
	if s.upto, s.last, err = a.desk.IndexRenewal(q.Context()); err != nil {
		return err
	}
	v.beside = searchIndex(l, s)
	v.table = table{name: v.Title, head: []string{l.T("admin.job.kind"), l.T("admin.job.reason"), l.T("admin.letter.attempts"), l.T("admin.job.died"), l.T("admin.job.act")}}
	for _, j := range dead {
		v.rows = append(v.rows, []templ.Component{
			text(jobKind(l, j.Kind)), verdict(j.Reason), text(strconv.Itoa(j.Attempts)), moment(l, j.Died, q.Now), retryJob(l, j.ID),
		})
	}
	return q.Render(listPage(v))
}

// jobKind is a duty's name; one without a name stands under its kind.
func jobKind(l *locale.Locale, kind string) string {
	if l.Has("admin.job.kind." + kind) {
		return l.T("admin.job.kind." + kind)
	}
	return kind
}

func (a *Admin) retryJob(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	if err := a.desk.RetryJob(q.Context(), q.Actor, number(typed.Get("job"))); err != nil {
		return err
	}
	return done(q, q.Locale.T("admin.job.retried"), "/admin/jobs")
}
