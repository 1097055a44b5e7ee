-- Whether a sum that was $1 and is $2 has changed by more than $3 percent of what it was.
select abs($2::numeric - $1::numeric) * 100 > $3::numeric * abs($1::numeric) as exceeds
