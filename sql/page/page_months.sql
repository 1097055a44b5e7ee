-- needs: monthly_summary_by_category
-- The last 13 months of the contract $1 with usage that is loaded, each category by its current name, and the same month of
-- the year before. Months of which not every day was loaded after it was over are included, but not compared with others.
with usage as (
    select usage_month,
           case usage_category
               when 'PRODUCT_CONSUMPTION' then 'DESKTOP_PRODUCT'
               when 'CLOUD_PRODUCT_CONSUMPTION' then 'CLOUD_PRODUCT'
               when 'CLOUD_CONSUMPTION' then 'CLOUD_SERVICE'
               else usage_category
           end as category,
           tokens_consumed
      from monthly_summary_by_category
     where contract_number = $1
), month as (
    select usage_month,
           sum(tokens_consumed) filter (where category = 'DESKTOP_PRODUCT') as desktop_product,
           sum(tokens_consumed) filter (where category = 'CLOUD_PRODUCT') as cloud_product,
           sum(tokens_consumed) filter (where category = 'CLOUD_SERVICE') as cloud_service,
           sum(tokens_consumed) filter (where category = 'MANUAL_CONSUMPTION') as manual_consumption,
           sum(tokens_consumed) filter (where category = 'MANUAL_ADJUSTMENT') as manual_adjustment,
           sum(tokens_consumed) filter (where category not in ('DESKTOP_PRODUCT', 'CLOUD_PRODUCT', 'CLOUD_SERVICE',
                                                               'MANUAL_CONSUMPTION', 'MANUAL_ADJUSTMENT')
                                           or category is null) as other,
           sum(tokens_consumed) as total,
           exists (select
                     from tokenflex_etl.usage_table u
                    where u.table_id = 'monthly_summary_by_category'::regclass
                      and u.contract_number = $1
                      and u.days @> daterange(usage_month, (usage_month + interval '1 month')::date)) as is_whole
      from usage
     group by usage_month
)
select case when m.is_whole then 'item' else 'running' end as kind,
       m.usage_month,
       m.desktop_product, b.desktop_product as desktop_product_before,
       m.cloud_product, b.cloud_product as cloud_product_before,
       m.cloud_service, b.cloud_service as cloud_service_before,
       m.manual_consumption, b.manual_consumption as manual_consumption_before,
       m.manual_adjustment, b.manual_adjustment as manual_adjustment_before,
       m.other, b.other as other_before,
       m.total, b.total as total_before,
       c.difference,
       round(100 * c.difference / nullif(b.total, 0), 1) as percent
  from month m
  left join month b on b.usage_month = (m.usage_month - interval '1 year')::date
 cross join lateral (select case when m.is_whole and b.is_whole then m.total - b.total end as difference) c
 where m.usage_month > (select max(usage_month) - interval '13 months' from month)
 order by m.usage_month
