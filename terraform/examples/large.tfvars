# Hundreds of salons: a domain of their own, doors that are always ready, more instances, a budget that is watched.
region               = "europe-west1"
public_base_url      = "https://hello.example.com"
cpu                  = "1"
warm_doors           = 1
max_instances_factor = 5
alert_emails         = ["oncall@example.com", "platform@example.com"]
platform_members     = ["group:platform@example.com"]
billing_account      = "012345-6789AB-CDEF01"
monthly_budget       = 600

# From Twilio's console, once Meta has approved them: purpose to language to ContentSid.
twilio_templates = {
  slot_offer = {
    en = "HX00000000000000000000000000000000"
    es = "HX00000000000000000000000000000001"
  }
}
