package command

import "fourmaps/geo/layer"

// The states of a dispatch order (调度令).
const (
	OrderDraft        State = "draft"
	OrderIssued       State = "issued"
	OrderDelivered    State = "delivered"
	OrderAcknowledged State = "acknowledged"
	OrderDeparted     State = "departed"
	OrderArrived      State = "arrived"
	OrderWorking      State = "working"
	OrderCompleted    State = "completed"
	OrderReturned     State = "returned"
	OrderDeclined     State = "declined"
	OrderUnanswered   State = "unanswered"
	OrderCancelled    State = "cancelled"
	OrderSuperseded   State = "superseded"
)

// What is done to an order.
const (
	IssueOrder       Action = "issue"
	DeliverOrder     Action = "deliver" // it is on the force's page, or somebody has read it out
	AcknowledgeOrder Action = "acknowledge"
	DeclineOrder     Action = "decline"
	ExpireOrder      Action = "expire" // nobody has answered in time
	DepartOrder      Action = "depart"
	ArriveOrder      Action = "arrive"
	WorkOrder        Action = "work"
	CompleteOrder    Action = "complete"
	ReturnOrder      Action = "return"
	CancelOrder      Action = "cancel"
	RecallOrder      Action = "recall" // a force that is out already: it is done there, and has to come back
	SupersedeOrder   Action = "supersede"
)

const (
	orderWrite  = "order.write"  // who orders
	orderAnswer = "order.answer" // who was ordered, and who orders and hears it by radio
)

// Order is the machine of a dispatch order.
//
// A force may say the later thing first (it has left before it found time to say yes; the network was gone): then the
// steps between are skipped, their times stay unknown. Who answers after the time has run out is not turned away, so
// long as the force has no other open order.
var Order = &Machine{
	Name:  layer.Text{Zh: "调度令", En: "order"},
	First: OrderDraft,
	States: []Named[State]{
		{OrderDraft, layer.Text{Zh: "拟制", En: "Draft"}},
		{OrderIssued, layer.Text{Zh: "下达", En: "Issued"}},
		{OrderDelivered, layer.Text{Zh: "送达", En: "Delivered"}},
		{OrderAcknowledged, layer.Text{Zh: "签收", En: "Acknowledged"}},
		{OrderDeparted, layer.Text{Zh: "出动", En: "Departed"}},
		{OrderArrived, layer.Text{Zh: "到场", En: "Arrived"}},
		{OrderWorking, layer.Text{Zh: "处置", En: "Working"}},
		{OrderCompleted, layer.Text{Zh: "完成", En: "Completed"}},
		{OrderReturned, layer.Text{Zh: "归建", En: "Returned"}},
		{OrderDeclined, layer.Text{Zh: "拒绝", En: "Declined"}},
		{OrderUnanswered, layer.Text{Zh: "未应答", En: "Unanswered"}},
		{OrderCancelled, layer.Text{Zh: "撤销", En: "Cancelled"}},
		{OrderSuperseded, layer.Text{Zh: "被替代", En: "Superseded"}},
	},
	Actions: []Named[Action]{
		{IssueOrder, layer.Text{Zh: "下达", En: "issue"}},
		{DeliverOrder, layer.Text{Zh: "标记送达", En: "mark as delivered"}},
		{AcknowledgeOrder, layer.Text{Zh: "签收", En: "acknowledge"}},
		{DeclineOrder, layer.Text{Zh: "拒绝", En: "decline"}},
		{ExpireOrder, layer.Text{Zh: "判为未应答", En: "expire"}},
		{DepartOrder, layer.Text{Zh: "报告出动", En: "report departure"}},
		{ArriveOrder, layer.Text{Zh: "报告到场", En: "report arrival"}},
		{WorkOrder, layer.Text{Zh: "开始处置", En: "begin work"}},
		{CompleteOrder, layer.Text{Zh: "报告完成", En: "report completion"}},
		{ReturnOrder, layer.Text{Zh: "报告归建", En: "report the return"}},
		{CancelOrder, layer.Text{Zh: "撤销", En: "cancel"}},
		{RecallOrder, layer.Text{Zh: "召回", En: "recall"}},
		{SupersedeOrder, layer.Text{Zh: "以新令替代", En: "supersede"}},
	},
	Moves: orderMoves(),
}

// OrderIsOpen says whether a force is bound by an order in this state. The database holds a force to one open order in a
// world by the same list.
func OrderIsOpen(s State) bool {
	switch s {
	case OrderIssued, OrderDelivered, OrderAcknowledged, OrderDeparted, OrderArrived, OrderWorking, OrderCompleted:
		return true
	}
	return false
}

func orderMoves() []Move {
	moves := []Move{
		{OrderDraft, IssueOrder, OrderIssued, orderWrite, 0},
		{OrderDraft, CancelOrder, OrderCancelled, orderWrite, 0},
		{OrderIssued, DeliverOrder, OrderDelivered, orderAnswer, 0},
	}
	for _, from := range []State{OrderIssued, OrderDelivered} {
		moves = append(moves,
			Move{from, AcknowledgeOrder, OrderAcknowledged, orderAnswer, 0},
			Move{from, DeclineOrder, OrderDeclined, orderAnswer, NeedReason},
			Move{from, ExpireOrder, OrderUnanswered, "", 0},
			Move{from, DepartOrder, OrderDeparted, orderAnswer, 0},
			Move{from, CancelOrder, OrderCancelled, orderWrite, NeedReason},
			Move{from, SupersedeOrder, OrderSuperseded, orderWrite, NeedOther})
	}
	moves = append(moves,
		Move{OrderUnanswered, AcknowledgeOrder, OrderAcknowledged, orderAnswer, 0},
		Move{OrderAcknowledged, DepartOrder, OrderDeparted, orderAnswer, 0},
		Move{OrderAcknowledged, ArriveOrder, OrderArrived, orderAnswer, 0},
		Move{OrderAcknowledged, DeclineOrder, OrderDeclined, orderAnswer, NeedReason}, // said yes, and then the engine failed
		Move{OrderAcknowledged, CancelOrder, OrderCancelled, orderWrite, NeedReason},
		Move{OrderAcknowledged, SupersedeOrder, OrderSuperseded, orderWrite, NeedOther},
		Move{OrderDeparted, ArriveOrder, OrderArrived, orderAnswer, 0},
		Move{OrderArrived, WorkOrder, OrderWorking, orderAnswer, 0},
		Move{OrderArrived, CompleteOrder, OrderCompleted, orderAnswer, 0},
		Move{OrderWorking, CompleteOrder, OrderCompleted, orderAnswer, 0},
		Move{OrderCompleted, ReturnOrder, OrderReturned, orderAnswer, 0})
	for _, from := range []State{OrderDeparted, OrderArrived, OrderWorking} {
		moves = append(moves,
			Move{from, RecallOrder, OrderCompleted, orderWrite, NeedReason},
			Move{from, SupersedeOrder, OrderSuperseded, orderWrite, NeedOther})
	}
	return moves
}
