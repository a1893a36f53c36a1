"""Statements that come by themselves: a bank's SFTP folder, a connector's posts."""
