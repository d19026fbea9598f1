package oknotest

import (
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// Notifications answers for the visitor whether our pages may show
// notifications.
func (v *Visitor) Notifications(allowed bool) *Visitor {
	v.t.Helper()
	setting := browser.PermissionSettingDenied
	if allowed {
		setting = browser.PermissionSettingGranted
	}
	if _, err := chromedp.Call(v.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: setting, Origin: v.rig.URL,
		BrowserContextID: chromedp.FromContext(v.ctx).BrowserContextID,
	}); err != nil {
		v.t.Fatal(err)
	}
	return v
}

// Pushed hands the visitor's service worker what a push service would bring.
func (v *Visitor) Pushed(data string) *Visitor {
	v.t.Helper()
	known := make(chan serviceworker.RegistrationID, 1)
	var once sync.Once
	if err := chromedp.Listen(v.ctx, func(event any) {
		if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok && len(e.Registrations) > 0 {
			once.Do(func() { known <- e.Registrations[0].RegistrationID })
		}
	}); err != nil {
		v.t.Fatal(err)
	}
	if _, err := chromedp.Call(v.ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
		v.t.Fatal(err)
	}
	select {
	case id := <-known:
		if _, err := chromedp.Call(v.ctx, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: v.rig.URL, RegistrationID: id, Data: data}); err != nil {
			v.t.Fatal(err)
		}
	case <-v.ctx.Done():
		v.t.Fatalf("%s's browser has no service worker", v.name)
	}
	return v
}

// Gone waits until nothing that can be seen on the page matches a CSS selector.
func (v *Visitor) Gone(selector string) *Visitor {
	v.t.Helper()
	v.until("no longer find "+selector, `![...document.querySelectorAll(`+quoted(selector)+`)].some(e => e.checkVisibility())`)
	return v
}
