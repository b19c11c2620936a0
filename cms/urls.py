"""Every address of the school. What is personal stands before Wagtail's pages."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.urls import serve_pattern
from wagtail.views import serve

from cms import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.choose_language, name="choose_language"),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", include(wagtailadmin_urls)),
    path("staff/", include("people.staff_urls")),
    path("api/", include("courses.api_urls")),
    path("api/", include("certificates.credentials.api_urls")),
    path("", include("certificates.badges.root_urls")),
    path("", include("certificates.credentials.root_urls")),
    path("media/<path:path>", views.media, name="media"),
    *i18n_patterns(
        path("exit/", views.quick_exit, name="quick_exit"),
        path("", include("people.urls")),
        path("", include("assessments.urls")),
        path("", include("certificates.urls")),  # before courses, whose `me/<course>/` takes any word
        path("", include("courses.urls")),
        # Of Wagtail's own addresses only this one: its sign-in would ask for no second factor.
        re_path(serve_pattern, serve, name="wagtail_serve"),
    ),
]
handler404 = "cms.views.not_found"
handler403 = "cms.views.not_allowed"
handler500 = "cms.views.went_wrong"
