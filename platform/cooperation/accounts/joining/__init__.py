"""Who comes, changes and goes: invitations, activation, roles, removal, founding a circle anew."""
