-- needs: custom_field_names
-- What the contract $1 calls its first custom field; null: it has no name.
select name from custom_field_names where contract_number = $1 and custom_field = 'customField1'
