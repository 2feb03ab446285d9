package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/tiles"
)

// problem is an error answer (RFC 9457).
type problem struct {
	Type      string        `json:"type"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Code      string        `json:"code"`
	RequestID string        `json:"request_id"`
	Errors    []fieldReason `json:"errors,omitempty"`
	writeProblem
}

// fieldReason says what is wrong with one parameter or field.
type fieldReason struct {
	Parameter string `json:"parameter"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
}

// refusal is an error that is told to the client as it is.
type refusal struct {
	status int
	code   string
	text   layer.Text
	retry  int // seconds after which the same request may succeed; 0 for never
	// parameter that is to blame; "" for none
	parameter string
	faults    []layer.Fault // of an entry
	more      writeProblem
	cause     error // for the log, when a library said more than people are told
}

// Error gives the English sentence.
func (r *refusal) Error() string { return r.code + ": " + r.text.En }

// statusClientLeft is what the log and the figures say of a request whose client left before the answer was ready, as
// other servers do.
const statusClientLeft = 499

// answerError writes the answer of an error, and logs once what the client is not told.
func (s *server) answerError(err error, c echo.Context) {
	r := c.Request()
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		c.Response().Status = statusClientLeft // for log and metrics: there is nobody to tell
		return
	}
	refused := refusalOf(err)
	id := s.requestID(c)
	if refused.status >= 500 && !toldWhole(err) {
		s.Log.Error("request failed", "request_id", id, "method", r.Method, "route", c.Path(), "path", cut(r.URL.Path), "code", refused.code, "error", err)
	}
	if refused.cause != nil {
		s.Log.Info("a file was refused", "request_id", id, "route", c.Path(), "code", refused.code, "error", refused.cause)
	}
	if c.Response().Committed {
		return // a stream that broke off: the client sees the connection end
	}
	p := problem{
		Type: "about:blank", Title: titleOf(refused.status).In(languageOf(r)), Status: refused.status,
		Detail: refused.text.In(languageOf(r)), Code: refused.code, RequestID: id, writeProblem: refused.more,
	}
	for _, f := range refused.faults {
		p.Errors = append(p.Errors, fieldReason{f.Field, f.Code, f.Text.In(languageOf(r))})
	}
	if refused.parameter != "" {
		p.Errors = []fieldReason{{refused.parameter, refused.code, p.Detail}}
		p.Detail = refused.parameter + ": " + p.Detail
	}
	body, err := json.Marshal(p)
	if err != nil {
		s.Log.Error("a problem could not be written", "request_id", id, "error", err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/problem+json")
	h["X-Content-Type-Options"] = valueNosniff
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("Content-Language", languageOf(r))
	h.Set(headerRequestID, id)
	h.Add(echo.HeaderVary, "Accept-Language")
	h.Del("ETag")
	if refused.retry > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(refused.retry))
	}
	c.Response().WriteHeader(refused.status)
	if r.Method != http.MethodHead {
		_, _ = c.Response().Write(body) // a client that has left is told nothing
	}
}

// toldWhole tells whether the client is told all that is known of an error: then the log of requests is enough.
func toldWhole(err error) bool {
	var refused *refusal
	var tile *tiles.Refusal
	return errors.As(err, &refused) || errors.As(err, &tile)
}

// refusalOf decides what is told of an error. What is not known here is an internal error and says nothing else.
func refusalOf(err error) *refusal {
	var refused *refusal
	var parameter *layer.ParameterError
	var framework *echo.HTTPError
	var tile *tiles.Refusal
	if told := refusalOfWrite(err); told != nil {
		return told
	}
	if told := refusalOfPeople(err); told != nil {
		return told
	}
	if told := refusalOfImport(err); told != nil {
		return told
	}
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &parameter):
		return &refusal{status: http.StatusBadRequest, code: parameter.Code, text: parameter.Text, parameter: parameter.Parameter}
	case errors.As(err, &tile):
		return &refusal{status: tile.Status, code: tile.Code, text: layer.Text{Zh: tile.Zh, En: tile.En}, retry: tile.Retry}
	case errors.Is(err, store.ErrNotFound):
		return &refusal{status: http.StatusNotFound, code: "not_found", text: layer.Text{Zh: "没有这条记录，或已删除", En: "there is no such row, or it was deleted"}}
	case errors.As(err, &framework):
		return &refusal{status: framework.Code, code: codeOf(framework.Code), text: titleOf(framework.Code)}
	case store.IsUnavailable(err):
		return &refusal{status: http.StatusServiceUnavailable, code: "database_unavailable", retry: 2,
			text: layer.Text{Zh: "数据库暂时连不上，正在自动恢复", En: "the database cannot be reached right now; the server recovers by itself"}}
	case store.Collided(err):
		return &refusal{status: http.StatusServiceUnavailable, code: "busy", retry: 1,
			text: layer.Text{Zh: "其他人正在同时保存，请再试一次", En: "others are saving at the same time: try again"}}
	case store.IsTimeout(err):
		return &refusal{status: http.StatusGatewayTimeout, code: "query_timeout",
			text: layer.Text{Zh: "查询超时：请缩小范围或减少条件", En: "the query took too long: ask for a smaller area or fewer rows"}}
	case store.IsBadValue(err):
		return &refusal{status: http.StatusBadRequest, code: "bad_value",
			text: layer.Text{Zh: "有一个值超出了范围", En: "a value is outside what can be stored"}}
	}
	return &refusal{status: http.StatusInternalServerError, code: "internal",
		text: layer.Text{Zh: "服务器内部错误；请把请求编号告诉管理员", En: "an internal error; tell the administrator the request id"}}
}

// titles of the statuses that the server answers with.
func titleOf(status int) layer.Text {
	switch status {
	case http.StatusBadRequest:
		return layer.Text{Zh: "请求有误", En: "Bad request"}
	case http.StatusUnauthorized:
		return layer.Text{Zh: "未登录", En: "Not signed in"}
	case http.StatusForbidden:
		return layer.Text{Zh: "没有权限", En: "Not permitted"}
	case http.StatusNotFound:
		return layer.Text{Zh: "未找到", En: "Not found"}
	case http.StatusConflict:
		return layer.Text{Zh: "与已有内容冲突", En: "Conflict"}
	case http.StatusPreconditionFailed:
		return layer.Text{Zh: "内容已被修改", En: "Changed meanwhile"}
	case http.StatusTooManyRequests:
		return layer.Text{Zh: "请求过于频繁", En: "Too many requests"}
	case http.StatusMethodNotAllowed:
		return layer.Text{Zh: "不支持的操作", En: "Method not allowed"}
	case http.StatusRequestEntityTooLarge:
		return layer.Text{Zh: "内容过大", En: "Content too large"}
	case http.StatusUnprocessableEntity:
		return layer.Text{Zh: "内容需要更正", En: "Unprocessable content"}
	case http.StatusPreconditionRequired:
		return layer.Text{Zh: "缺少版本号", En: "Version required"}
	case http.StatusMisdirectedRequest:
		return layer.Text{Zh: "主机名不被允许", En: "Misdirected request"}
	case http.StatusInternalServerError:
		return layer.Text{Zh: "服务器内部错误", En: "Internal server error"}
	case http.StatusServiceUnavailable:
		return layer.Text{Zh: "服务暂不可用", En: "Service unavailable"}
	case http.StatusGatewayTimeout:
		return layer.Text{Zh: "查询超时", En: "Query timeout"}
	}
	return layer.Text{Zh: "请求未能完成", En: http.StatusText(status)}
}

func codeOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "no_such_address"
	case http.StatusMethodNotAllowed:
		return "method_not_allowed"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	}
	return "refused"
}
