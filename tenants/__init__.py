"""Tenant, brand, domain, declared settings, onboarding."""
