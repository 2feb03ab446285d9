package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"fourmaps/server/auth"
)

// route is one line of the API. id is its operationId in the OpenAPI description; routes without one are not part of it.
// document is its path there, where it is not the path itself.
type route struct {
	method, path string
	handler      echo.HandlerFunc
	access       auth.Permission // what it asks of whoever uses it: anyone, signedIn or a permission held on some area
	id           string
	document     string
}

// routes are the whole API. GET routes answer HEAD too.
func (s *server) routes() []route {
	const get, post, put, patch, remove = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []route{
		{get, "/healthz", s.healthy, anyone, "getHealth", ""},
		{get, "/readyz", s.ready, anyone, "getReadiness", ""},
		{get, "/metrics", s.metrics, scraper, "getMetrics", ""},
		{get, "/api/openapi.json", s.openAPIDocument, signedIn, "getOpenAPI", ""},
		{get, "/api/installation", s.installation, auth.LayerRead, "getInstallation", ""},
		{get, "/api/layers", s.layers, auth.LayerRead, "listLayers", ""},
		{get, "/api/layers/:layer", s.layer, auth.LayerRead, "getLayer", ""},
		{get, "/api/layers/:layer/features", s.features, auth.LayerRead, "listFeatures", ""},
		{get, "/api/layers/:layer/features/:id", s.feature, auth.LayerRead, "getFeature", ""},
		{post, "/api/layers/:layer/features", s.createFeature, auth.LayerWrite, "createFeature", ""},
		{patch, "/api/layers/:layer/features/:id", s.patchFeature, auth.LayerWrite, "patchFeature", ""},
		{remove, "/api/layers/:layer/features/:id", s.deleteFeature, auth.LayerWrite, "deleteFeature", ""},
		{post, "/api/layers/:layer/features/:id/undelete", s.undeleteFeature, auth.LayerWrite, "undeleteFeature", ""},
		{post, "/api/layers/:layer/features/:id/restore", s.restoreFeature, auth.LayerWrite, "restoreFeature", ""},
		{post, "/api/layers/:layer/features/:id/confirm", s.confirmFeature, auth.LayerConfirm, "confirmFeature", ""},
		{get, "/api/layers/:layer/features/:id/history", s.history, auth.HistoryRead, "getHistory", ""},
		{get, "/api/layers/:layer/deleted", s.deletedRows, auth.HistoryRead, "listDeleted", ""},
		{get, "/api/layers/:layer/features/:id/files", s.files, auth.LayerRead, "listFiles", ""},
		{get, "/api/layers/:layer/features/:id/files/deleted", s.deletedFiles, auth.PhotoWrite, "listDeletedFiles", ""},
		{get, "/api/layers/:layer/features/:id/files/history", s.fileHistory, auth.HistoryRead, "getFileHistory", ""},
		{put, "/api/layers/:layer/features/:id/files/:file", s.addFile, auth.PhotoWrite, "addFile", ""},
		{get, "/api/layers/:layer/features/:id/files/:file", s.fileContent, auth.LayerRead, "getFile", ""},
		{get, "/api/layers/:layer/features/:id/files/:file/thumbnails/:edge", s.fileThumbnail, auth.LayerRead, "getThumbnail", ""},
		{remove, "/api/layers/:layer/features/:id/files/:file", s.deleteFile, auth.PhotoWrite, "deleteFile", ""},
		{post, "/api/layers/:layer/features/:id/files/:file/undelete", s.undeleteFile, auth.PhotoWrite, "undeleteFile", ""},
		{get, "/api/layers/:layer/features/:id/versions/:version", s.version, auth.HistoryRead, "getVersion", ""},
		{get, "/api/layers/:layer/export", s.export, auth.LayerExport, "exportFeatures", ""},
		{get, "/api/imports", s.imports, auth.LayerImport, "listImports", ""},
		{post, "/api/imports", s.uploadImport, auth.LayerImport, "uploadImport", ""},
		{get, "/api/imports/:id", s.importDraft, auth.LayerImport, "getImport", ""},
		{patch, "/api/imports/:id", s.chooseImport, auth.LayerImport, "chooseImport", ""},
		{remove, "/api/imports/:id", s.discardImport, auth.LayerImport, "discardImport", ""},
		{post, "/api/imports/:id/check", s.checkImport, auth.LayerImport, "checkImport", ""},
		{post, "/api/imports/:id/apply", s.applyImport, auth.LayerImport, "applyImport", ""},
		{get, "/api/imports/:id/rows", s.importRows, auth.LayerImport, "listImportRows", ""},
		{get, "/api/imports/:id/points", s.importPoints, auth.LayerImport, "listImportPoints", ""},
		{get, "/api/imports/:id/preview", s.importPreview, auth.LayerImport, "previewImport", ""},
		{get, "/api/import-mappings", s.importMappings, auth.LayerImport, "listImportMappings", ""},
		{post, "/api/import-mappings", s.saveImportMapping, auth.LayerImport, "saveImportMapping", ""},
		{patch, "/api/import-mappings/:id", s.renameImportMapping, auth.LayerImport, "renameImportMapping", ""},
		{remove, "/api/import-mappings/:id", s.dropImportMapping, auth.LayerImport, "dropImportMapping", ""},
		{get, "/api/layers/:layer/summary", s.summary, auth.LayerRead, "getSummary", ""},
		{get, "/api/freshness", s.freshness, auth.LayerRead, "getFreshness", ""},
		{get, "/api/due", s.due, auth.LayerRead, "listDue", ""},
		{get, "/api/confirmation-periods", s.periods, auth.LayerRead, "listConfirmationPeriods", ""},
		{patch, "/api/confirmation-periods", s.changePeriod, auth.InstallationManage, "changeConfirmationPeriod", ""},
		{get, "/api/confirmation-periods/history", s.periodHistory, auth.InstallationManage, "listConfirmationPeriodHistory", ""},
		{get, "/api/exports", s.takenFiles, auth.InstallationManage, "listExports", ""},
		{get, "/api/session", s.signInOptions, anyone, "getSignInOptions", ""},
		{post, "/api/session", s.signIn, anyone, "signIn", ""},
		{remove, "/api/session", s.signOut, anyone, "signOut", ""},
		{get, pathOIDC, s.startOIDC, anyone, "startSingleSignOn", ""},
		{get, pathOIDCReturn, s.finishOIDC, anyone, "finishSingleSignOn", ""},
		{get, "/api/me", s.me, signedIn, "getMe", ""},
		{put, "/api/me/password", s.changePassword, signedIn, "changePassword", ""},
		{get, "/api/roles", s.roles, auth.PeopleManage, "listRoles", ""},
		{get, "/api/people", s.people, auth.PeopleManage, "listPeople", ""},
		{post, "/api/people", s.addPerson, auth.PeopleManage, "addPerson", ""},
		{get, "/api/people/history", s.peopleHistory, auth.PeopleManage, "listPeopleHistory", ""},
		{get, "/api/people/:id", s.person, auth.PeopleManage, "getPerson", ""},
		{patch, "/api/people/:id", s.changePerson, auth.PeopleManage, "changePerson", ""},
		{remove, "/api/people/:id", s.removePerson, auth.PeopleManage, "removePerson", ""},
		{post, "/api/people/:id/grants", s.addGrant, auth.PeopleManage, "addGrant", ""},
		{remove, "/api/people/:id/grants/:grant", s.removeGrant, auth.PeopleManage, "removeGrant", ""},
		{post, "/api/people/:id/password", s.resetPassword, auth.PeopleManage, "resetPassword", ""},
		{get, "/api/people/:id/sessions", s.sessions, auth.PeopleManage, "listSessions", ""},
		{remove, "/api/people/:id/sessions", s.endSessions, auth.PeopleManage, "endSessions", ""},
		{remove, "/api/people/:id/sessions/:session", s.endSession, auth.PeopleManage, "endSession", ""},
		{get, "/api/siting/rules", s.sitingRules, auth.LayerRead, "listSitingRules", ""},
		{post, "/api/siting/rules", s.addSitingRule, auth.InstallationManage, "addSitingRule", ""},
		{patch, "/api/siting/rules/:id", s.changeSitingRule, auth.InstallationManage, "changeSitingRule", ""},
		{get, "/api/siting/rules/:id/history", s.sitingRuleHistory, auth.HistoryRead, "getSitingRuleHistory", ""},
		{get, "/api/siting/findings", s.sitingFindings, auth.LayerRead, "listSitingFindings", ""},
		{post, "/api/siting/findings/:id/waive", s.waiveSiting, auth.SitingWaive, "waiveSitingFinding", ""},
		{remove, "/api/siting/findings/:id/waive", s.unwaiveSiting, auth.SitingWaive, "unwaiveSitingFinding", ""},
		{get, "/api/siting/findings/:id/history", s.sitingFindingHistory, auth.HistoryRead, "getSitingFindingHistory", ""},
		{get, "/api/siting/checks", s.sitingChecks, auth.LayerRead, "listSitingChecks", ""},
		{post, "/api/siting/checks", s.checkSiting, auth.SitingWaive, "checkSiting", ""},
		{get, pathEvents, s.events, auth.LayerRead, "streamEvents", ""},
		{get, "/api/basemaps", s.basemaps, auth.LayerRead, "listBasemaps", ""},
		{get, pathTile, s.tile, auth.LayerRead, "getTile", "/tiles/{layers}/{z}/{x}/{y}.mvt"},
		{get, "/tiles/:layers", s.tile, auth.LayerRead, "getTileJSON", "/tiles/{layers}.json"},
		{get, "/tiles/*", s.tile, auth.LayerRead, "", ""},
		{get, pathAuthority, s.authority, anyone, "", ""},
		{get, "/*", s.page, anyone, "", ""},
	}
}

// mount gives the routes to Echo.
func (s *server) mount() {
	for _, r := range s.routes() {
		handler := s.allowed(r.access, r.handler)
		s.echo.Add(r.method, r.path, handler)
		if r.method == http.MethodGet {
			s.echo.Add(http.MethodHead, r.path, handler)
		}
	}
}
