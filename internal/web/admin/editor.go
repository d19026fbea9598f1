package admin

import (
	"slices"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// editor is how one thing of a section is made and changed: which of them the
// address means (the zero one: a new one), its form, and what keeps the form.
type editor[T any] struct {
	section string
	of      func(*web.Request) (T, error)
	form    func(*web.Request, T) (formView, error)
	keep    func(*web.Request, *web.Form) error
}

func (e editor[T]) view(q *web.Request) (formView, error) {
	thing, err := e.of(q)
	if err != nil {
		return formView{}, err
	}
	return e.form(q, thing)
}

func (e editor[T]) show(q *web.Request) error {
	v, err := e.view(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(v))
}

// save keeps what was typed and leads back to the section, or shows the form
// again with what is wrong.
func (e editor[T]) save(q *web.Request) error {
	typed, err := q.Form()
	if err != nil {
		return err
	}
	if err = e.keep(q, typed); err == nil {
		return done(q, q.Locale.T("admin.saved"), "/admin/"+e.section)
	}
	v, missing := e.view(q)
	if missing != nil {
		return missing
	}
	return v.again(q, err, typed)
}

// byRef is the one of that public name, or okno.ErrNotFound.
func byRef[T any](all []T, ref func(T) okno.Ref, wanted string) (found T, err error) {
	i := slices.IndexFunc(all, func(t T) bool { return string(ref(t)) == wanted })
	if i < 0 {
		return found, okno.ErrNotFound
	}
	return all[i], nil
}
