from django.urls import path

from tenants import views

app_name = "tenants"
urlpatterns = [
    path("brand/theme.css", views.theme_css, name="theme"),
    path("brand/logo.svg", views.logo_svg, name="logo"),
    path("brand/logo.png", views.logo_png, name="logo_png"),
]
