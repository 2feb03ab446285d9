package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// refusalOfPeople decides what is told of an error about sign-in, rights and people; nil when it is none.
func refusalOfPeople(err error) *refusal {
	var locked *auth.LockedError
	var weak *auth.WeakPasswordError
	var conflict *store.ConflictError
	switch {
	case errors.As(err, &locked):
		seconds := int(math.Ceil(locked.Wait.Seconds()))
		return &refusal{status: http.StatusTooManyRequests, code: "locked_out", retry: seconds, text: layer.Text{
			Zh: fmt.Sprintf("失败次数过多，请在 %d 秒后再试", seconds), En: fmt.Sprintf("too many failures: try again in %d seconds", seconds)}}
	case errors.As(err, &weak):
		return &refusal{status: http.StatusUnprocessableEntity, code: weak.Code, text: layer.Text{Zh: weak.Zh, En: weak.En}}
	case errors.Is(err, auth.ErrWrong):
		return &refusal{status: http.StatusUnauthorized, code: "wrong_password", text: layer.Text{Zh: "用户名或密码不正确", En: "the name or the password is wrong"}}
	case errors.Is(err, auth.ErrDisabled):
		return &refusal{status: http.StatusForbidden, code: "account_disabled", text: layer.Text{Zh: "账号已停用，请联系管理员", En: "the account is disabled: ask an administrator"}}
	case errors.Is(err, auth.ErrDemoAway):
		return &refusal{status: http.StatusForbidden, code: "demo_elsewhere", text: layer.Text{
			Zh: "演示账号只能在服务器本机使用（可用 FOURMAPS_DEMO_ANYWHERE 放开）", En: "accounts of the demonstration work on the server's own machine only (FOURMAPS_DEMO_ANYWHERE changes that)"}}
	case errors.Is(err, auth.ErrBusy):
		return &refusal{status: http.StatusServiceUnavailable, code: "sign_in_busy", retry: 5, text: layer.Text{Zh: "登录的人太多，请稍后再试", En: "many sign in at this moment: try again shortly"}}
	case errors.Is(err, auth.ErrNoAccount):
		return &refusal{status: http.StatusForbidden, code: "no_account", text: layer.Text{Zh: "此统一认证身份没有对应的账号，请联系管理员", En: "no account belongs to this single sign-on identity: ask an administrator"}}
	case errors.Is(err, auth.ErrNoOIDC):
		return &refusal{status: http.StatusBadGateway, code: "oidc_unavailable", text: layer.Text{Zh: "统一认证服务暂不可用", En: "the single sign-on service cannot be reached"}}
	case errors.Is(err, store.ErrStale):
		return &refusal{status: http.StatusPreconditionFailed, code: "changed_meanwhile", text: layer.Text{Zh: "内容已被他人修改，请刷新后重试", En: "somebody else has changed it meanwhile: reload and try again"}}
	case errors.As(err, &conflict):
		return &refusal{status: http.StatusConflict, code: "conflict", text: conflict.Text}
	}
	return nil
}
