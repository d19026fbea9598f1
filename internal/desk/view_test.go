package desk_test

import (
	"fmt"
	"testing"

	"github.com/oknodesk/okno"
)

func TestViewsAreSavedSharedAndDropped(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		names := func(by okno.Actor) string {
			t.Helper()
			views, err := r.SavedViews(r.ctx(), by)
			must(t, err)
			all := ""
			for _, v := range views {
				all += v.Name + ";"
			}
			return all
		}
		must(t, r.SaveView(r.ctx(), r.ann, okno.View{Name: " Lamps ", Question: "lamp status:open"}))
		must(t, r.SaveView(r.ctx(), r.ann, okno.View{Name: "New ones", Question: "status:new", Shared: true}))
		if ann, bob := names(r.ann), names(r.bob); ann != "Lamps;New ones;" || bob != "New ones;" {
			t.Errorf("Ann has %q, Bob %q", ann, bob)
		}
		for _, v := range []okno.View{{Name: "", Question: "lamp"}, {Name: "Empty", Question: " \t"}, {Name: "Signs", Question: "!?"}} {
			if err := r.SaveView(r.ctx(), r.ann, v); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("%+v is saved: %v", v, err)
			}
		}
		views, err := r.SavedViews(r.ctx(), r.ann)
		must(t, err)
		own, shared := views[0].Ref, views[1].Ref
		for _, ref := range []okno.Ref{own, shared} {
			if err := r.DropView(r.ctx(), r.bob, ref); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("Bob drops Ann's view: %v", err)
			}
		}
		if err := r.DropView(r.ctx(), r.admin, own); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the administrator drops Ann's own view: %v", err)
		}
		must(t, r.DropView(r.ctx(), r.admin, shared))
		must(t, r.DropView(r.ctx(), r.ann, own))
		if ann := names(r.ann); ann != "" {
			t.Errorf("Ann still has %q", ann)
		}
		for i := range okno.MaxViews {
			must(t, r.SaveView(r.ctx(), r.ann, okno.View{Name: fmt.Sprint(i), Question: "lamp"}))
		}
		if err := r.SaveView(r.ctx(), r.ann, okno.View{Name: "One more", Question: "lamp"}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("a view beyond the most: %v", err)
		}
	})
}
