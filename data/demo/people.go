package demo

// Person is somebody invented who may sign in to the demonstration.
type Person struct {
	Account  string
	Name     string
	Post     string
	Role     string
	Township bool // the right holds for the first township; otherwise everywhere
}

// Password is that of all accounts of the demonstration. It is written in the README: these accounts work on the server's
// own machine only, unless that was set otherwise.
const Password = "four-maps-demo"

// People are one for each role.
var People = []Person{
	{Account: "demo-administrator", Name: "演示·管理员", Post: "系统管理", Role: "administrator"},
	{Account: "demo-dispatcher", Name: "演示·调度员", Post: "县指挥中心值班长", Role: "dispatcher"},
	{Account: "demo-staff", Name: "演示·乡镇干事", Post: "乡镇应急站", Role: "staff", Township: true},
	{Account: "demo-inspector", Name: "演示·检查员", Post: "安全检查组", Role: "inspector", Township: true},
	{Account: "demo-responder", Name: "演示·救援队员", Post: "村应急小队", Role: "responder", Township: true},
	{Account: "demo-planner", Name: "演示·预案员", Post: "预案编制组", Role: "planner"},
	{Account: "demo-evaluator", Name: "演示·评估员", Post: "演练评估组", Role: "evaluator"},
	{Account: "demo-viewer", Name: "演示·查看员", Post: "县级部门", Role: "viewer"},
}
