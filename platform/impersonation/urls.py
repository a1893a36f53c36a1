from django.urls import path

from impersonation import views

app_name = "impersonation"
urlpatterns = [
    path("seen-as/end", views.end, name="end"),
    path("seen-as/<str:link>", views.open_link, name="open"),
]
