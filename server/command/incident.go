package command

import "fourmaps/geo/layer"

// The states of an incident (突发事件).
const (
	IncidentReported   State = "reported"
	IncidentVerified   State = "verified"
	IncidentResponding State = "responding"
	IncidentControlled State = "controlled"
	IncidentEnded      State = "ended"
	IncidentArchived   State = "archived"
	IncidentFalseAlarm State = "false_alarm"
	IncidentMerged     State = "merged"
)

// What is done to an incident.
const (
	VerifyIncident  Action = "verify"
	RejectIncident  Action = "reject"
	RespondIncident Action = "respond"
	ControlIncident Action = "control"
	ResumeIncident  Action = "resume" // a fire that flares up again: no new incident, the same forces and record
	EndIncident     Action = "end"
	ArchiveIncident Action = "archive"
	MergeIncident   Action = "merge" // a duplicate, into the other
)

const incidentCommand = "incident.command"

// Incident is the machine of an incident.
var Incident = &Machine{
	Name:  layer.Text{Zh: "事件", En: "incident"},
	First: IncidentReported,
	States: []Named[State]{
		{IncidentReported, layer.Text{Zh: "接报", En: "Reported"}},
		{IncidentVerified, layer.Text{Zh: "核实", En: "Verified"}},
		{IncidentResponding, layer.Text{Zh: "响应", En: "Responding"}},
		{IncidentControlled, layer.Text{Zh: "控制", En: "Controlled"}},
		{IncidentEnded, layer.Text{Zh: "响应终止", En: "Ended"}},
		{IncidentArchived, layer.Text{Zh: "归档", En: "Archived"}},
		{IncidentFalseAlarm, layer.Text{Zh: "误报", En: "False alarm"}},
		{IncidentMerged, layer.Text{Zh: "合并", En: "Merged"}},
	},
	Actions: []Named[Action]{
		{VerifyIncident, layer.Text{Zh: "核实", En: "verify"}},
		{RejectIncident, layer.Text{Zh: "判为误报", En: "call a false alarm"}},
		{RespondIncident, layer.Text{Zh: "启动响应", En: "respond"}},
		{ControlIncident, layer.Text{Zh: "确认控制", En: "declare controlled"}},
		{ResumeIncident, layer.Text{Zh: "恢复响应", En: "resume the response"}},
		{EndIncident, layer.Text{Zh: "终止响应", En: "end the response"}},
		{ArchiveIncident, layer.Text{Zh: "归档", En: "archive"}},
		{MergeIncident, layer.Text{Zh: "合并", En: "merge"}},
	},
	Moves: []Move{
		{IncidentReported, VerifyIncident, IncidentVerified, incidentCommand, 0},
		{IncidentReported, RejectIncident, IncidentFalseAlarm, incidentCommand, NeedReason},
		{IncidentReported, MergeIncident, IncidentMerged, incidentCommand, NeedOther},
		{IncidentVerified, RespondIncident, IncidentResponding, incidentCommand, 0},
		{IncidentVerified, RejectIncident, IncidentFalseAlarm, incidentCommand, NeedReason},
		{IncidentVerified, MergeIncident, IncidentMerged, incidentCommand, NeedOther},
		{IncidentResponding, ControlIncident, IncidentControlled, incidentCommand, 0},
		{IncidentResponding, MergeIncident, IncidentMerged, incidentCommand, NeedOther},
		{IncidentControlled, EndIncident, IncidentEnded, incidentCommand, 0},
		{IncidentControlled, ResumeIncident, IncidentResponding, incidentCommand, NeedReason},
		{IncidentControlled, MergeIncident, IncidentMerged, incidentCommand, NeedOther},
		{IncidentEnded, ArchiveIncident, IncidentArchived, incidentCommand, 0},
	},
}
