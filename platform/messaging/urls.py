from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:mail_id>/", views.mail, name="mail"),
    path("mailbox/<int:mail_id>/html", views.mail_html, name="mail_html"),
]
