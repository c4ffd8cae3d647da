export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  // Allows to automatically instantiate createClient with right options
  // instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)
  __InternalSupabase: {
    PostgrestVersion: "13"
  }
  public: {
    Tables: {
      account_balances: {
        Row: {
          as_of: string
          broker_account_id: string
          cash: number
          cash_d1: number
          cash_d2: number
          net_assets: number
          orderable: number
          user_id: string
        }
        Insert: {
          as_of?: string
          broker_account_id: string
          cash: number
          cash_d1: number
          cash_d2: number
          net_assets: number
          orderable: number
          user_id: string
        }
        Update: {
          as_of?: string
          broker_account_id?: string
          cash?: number
          cash_d1?: number
          cash_d2?: number
          net_assets?: number
          orderable?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "account_balances_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      account_leases: {
        Row: {
          account_id: string
          instance_id: string
          taken_at: string
          token: number
        }
        Insert: {
          account_id: string
          instance_id: string
          taken_at?: string
          token: number
        }
        Update: {
          account_id?: string
          instance_id?: string
          taken_at?: string
          token?: number
        }
        Relationships: [
          {
            foreignKeyName: "account_leases_account_id_fkey"
            columns: ["account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      audit_log: {
        Row: {
          action: string
          actor_id: string | null
          at: string
          detail: NonNullable<Json>
          id: number
          subject_id: string
        }
        Insert: {
          action: string
          actor_id?: string | null
          at?: string
          detail?: NonNullable<Json>
          id?: never
          subject_id?: string
        }
        Update: {
          action?: string
          actor_id?: string | null
          at?: string
          detail?: NonNullable<Json>
          id?: never
          subject_id?: string
        }
        Relationships: []
      }
      backtest_series: {
        Row: {
          backtest_id: string
          name: string
          points: NonNullable<Json>
          user_id: string
        }
        Insert: {
          backtest_id: string
          name: string
          points: NonNullable<Json>
          user_id: string
        }
        Update: {
          backtest_id?: string
          name?: string
          points?: NonNullable<Json>
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "backtest_series_backtest_id_fkey"
            columns: ["backtest_id"]
            referencedRelation: "backtests"
            referencedColumns: ["id"]
          },
        ]
      }
      backtest_trades: {
        Row: {
          backtest_id: string
          seq: number
          trade: NonNullable<Json>
          user_id: string
        }
        Insert: {
          backtest_id: string
          seq: number
          trade: NonNullable<Json>
          user_id: string
        }
        Update: {
          backtest_id?: string
          seq?: number
          trade?: NonNullable<Json>
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "backtest_trades_backtest_id_fkey"
            columns: ["backtest_id"]
            referencedRelation: "backtests"
            referencedColumns: ["id"]
          },
        ]
      }
      backtests: {
        Row: {
          cancel_requested_at: string | null
          created_at: string
          data_hash: string | null
          diagnosis: NonNullable<Json>
          eta_seconds: number | null
          finished_at: string | null
          id: string
          message: string
          metrics: Json | null
          name: string
          progress: number
          request: NonNullable<Json>
          result_hash: string | null
          started_at: string | null
          state: string
          strategy_hash: string | null
          strategy_id: string | null
          summary: Json | null
          user_id: string
          version: number | null
        }
        Insert: {
          cancel_requested_at?: string | null
          created_at?: string
          data_hash?: string | null
          diagnosis?: NonNullable<Json>
          eta_seconds?: number | null
          finished_at?: string | null
          id?: string
          message?: string
          metrics?: Json | null
          name?: string
          progress?: number
          request: NonNullable<Json>
          result_hash?: string | null
          started_at?: string | null
          state?: string
          strategy_hash?: string | null
          strategy_id?: string | null
          summary?: Json | null
          user_id: string
          version?: number | null
        }
        Update: {
          cancel_requested_at?: string | null
          created_at?: string
          data_hash?: string | null
          diagnosis?: NonNullable<Json>
          eta_seconds?: number | null
          finished_at?: string | null
          id?: string
          message?: string
          metrics?: Json | null
          name?: string
          progress?: number
          request?: NonNullable<Json>
          result_hash?: string | null
          started_at?: string | null
          state?: string
          strategy_hash?: string | null
          strategy_id?: string | null
          summary?: Json | null
          user_id?: string
          version?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "backtests_strategy_id_fkey"
            columns: ["strategy_id"]
            referencedRelation: "strategies"
            referencedColumns: ["id"]
          },
        ]
      }
      bar_chunks: {
        Row: {
          bars: number
          bytes: string
          hash: string
          stock_code: string
          timeframe: string
          updated_at: string
          year: number
        }
        Insert: {
          bars: number
          bytes: string
          hash: string
          stock_code: string
          timeframe: string
          updated_at?: string
          year: number
        }
        Update: {
          bars?: number
          bytes?: string
          hash?: string
          stock_code?: string
          timeframe?: string
          updated_at?: string
          year?: number
        }
        Relationships: []
      }
      broker_accounts: {
        Row: {
          account_mask: string
          app_key_tag: string | null
          broker_type: string
          commission_rate_krx: number
          commission_rate_nxt: number
          created_at: string
          credential_message: string
          credential_state: string
          encrypted_credentials: Json | null
          environment_verified_at: string | null
          id: string
          is_active: boolean
          is_paper_account: boolean
          key_id: string | null
          label: string
          updated_at: string
          user_id: string
          verified_at: string | null
        }
        Insert: {
          account_mask?: string
          app_key_tag?: string | null
          broker_type: string
          commission_rate_krx?: number
          commission_rate_nxt?: number
          created_at?: string
          credential_message?: string
          credential_state?: string
          encrypted_credentials?: Json | null
          environment_verified_at?: string | null
          id?: string
          is_active?: boolean
          is_paper_account?: boolean
          key_id?: string | null
          label?: string
          updated_at?: string
          user_id: string
          verified_at?: string | null
        }
        Update: {
          account_mask?: string
          app_key_tag?: string | null
          broker_type?: string
          commission_rate_krx?: number
          commission_rate_nxt?: number
          created_at?: string
          credential_message?: string
          credential_state?: string
          encrypted_credentials?: Json | null
          environment_verified_at?: string | null
          id?: string
          is_active?: boolean
          is_paper_account?: boolean
          key_id?: string | null
          label?: string
          updated_at?: string
          user_id?: string
          verified_at?: string | null
        }
        Relationships: []
      }
      broker_quota_use: {
        Row: {
          app_key_tag: string
          calls: number
          environment: string
          lane: number
          slot: string
        }
        Insert: {
          app_key_tag: string
          calls: number
          environment: string
          lane: number
          slot: string
        }
        Update: {
          app_key_tag?: string
          calls?: number
          environment?: string
          lane?: number
          slot?: string
        }
        Relationships: []
      }
      broker_quota_waits: {
        Row: {
          app_key_tag: string
          environment: string
          holder: string
          lane: number
          until: string
        }
        Insert: {
          app_key_tag: string
          environment: string
          holder: string
          lane: number
          until: string
        }
        Update: {
          app_key_tag?: string
          environment?: string
          holder?: string
          lane?: number
          until?: string
        }
        Relationships: []
      }
      broker_quotas: {
        Row: {
          app_key_tag: string
          environment: string
          first_seen_at: string
          limit_per_second: number
          limits_version: number
          new_key_per_second: number
          paused_until: string
          refilled_at: string
          reserve_burst: number
          reserve_holder: string | null
          reserve_per_second: number
          reserve_until: string
          slowed_at: string
          slowed_to: number
          tokens: number
        }
        Insert: {
          app_key_tag: string
          environment: string
          first_seen_at?: string
          limit_per_second: number
          limits_version: number
          new_key_per_second: number
          paused_until?: string
          refilled_at?: string
          reserve_burst?: number
          reserve_holder?: string | null
          reserve_per_second?: number
          reserve_until?: string
          slowed_at?: string
          slowed_to?: number
          tokens?: number
        }
        Update: {
          app_key_tag?: string
          environment?: string
          first_seen_at?: string
          limit_per_second?: number
          limits_version?: number
          new_key_per_second?: number
          paused_until?: string
          refilled_at?: string
          reserve_burst?: number
          reserve_holder?: string | null
          reserve_per_second?: number
          reserve_until?: string
          slowed_at?: string
          slowed_to?: number
          tokens?: number
        }
        Relationships: []
      }
      broker_tokens: {
        Row: {
          app_key_tag: string
          environment: string
          expires_at: string
          issued_at: string
          sealed: string
        }
        Insert: {
          app_key_tag: string
          environment: string
          expires_at: string
          issued_at: string
          sealed: string
        }
        Update: {
          app_key_tag?: string
          environment?: string
          expires_at?: string
          issued_at?: string
          sealed?: string
        }
        Relationships: []
      }
      cash_flows: {
        Row: {
          amount: number
          at: string
          broker_account_id: string
          classified_at: string | null
          classified_by: string | null
          created_at: string
          day: string
          id: string
          kind: string
          note: string
          source: string
          user_id: string
        }
        Insert: {
          amount: number
          at: string
          broker_account_id: string
          classified_at?: string | null
          classified_by?: string | null
          created_at?: string
          day: string
          id: string
          kind?: string
          note?: string
          source: string
          user_id: string
        }
        Update: {
          amount?: number
          at?: string
          broker_account_id?: string
          classified_at?: string | null
          classified_by?: string | null
          created_at?: string
          day?: string
          id?: string
          kind?: string
          note?: string
          source?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "cash_flows_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      corporate_actions: {
        Row: {
          broker_account_id: string
          created_at: string
          day: string
          decided_at: string | null
          decided_by: string | null
          factor: number
          id: string
          listed_after: number | null
          listed_before: number | null
          ours_amount: number
          ours_quantity: number
          reason: string
          state: string
          stock_code: string
          theirs_amount: number | null
          theirs_quantity: number | null
          user_id: string
        }
        Insert: {
          broker_account_id: string
          created_at?: string
          day: string
          decided_at?: string | null
          decided_by?: string | null
          factor?: number
          id?: string
          listed_after?: number | null
          listed_before?: number | null
          ours_amount: number
          ours_quantity: number
          reason?: string
          state?: string
          stock_code: string
          theirs_amount?: number | null
          theirs_quantity?: number | null
          user_id: string
        }
        Update: {
          broker_account_id?: string
          created_at?: string
          day?: string
          decided_at?: string | null
          decided_by?: string | null
          factor?: number
          id?: string
          listed_after?: number | null
          listed_before?: number | null
          ours_amount?: number
          ours_quantity?: number
          reason?: string
          state?: string
          stock_code?: string
          theirs_amount?: number | null
          theirs_quantity?: number | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "corporate_actions_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      datasets: {
        Row: {
          bars: number
          data_hash: string
          from_day: string
          is_adjusted: boolean
          is_intraday: boolean
          name: string
          symbols: number
          to_day: string
          updated_at: string
        }
        Insert: {
          bars: number
          data_hash: string
          from_day: string
          is_adjusted: boolean
          is_intraday: boolean
          name: string
          symbols: number
          to_day: string
          updated_at?: string
        }
        Update: {
          bars?: number
          data_hash?: string
          from_day?: string
          is_adjusted?: boolean
          is_intraday?: boolean
          name?: string
          symbols?: number
          to_day?: string
          updated_at?: string
        }
        Relationships: []
      }
      equity_snapshots: {
        Row: {
          at: string
          broker_account_id: string
          net_assets: number
          user_id: string
        }
        Insert: {
          at: string
          broker_account_id: string
          net_assets: number
          user_id: string
        }
        Update: {
          at?: string
          broker_account_id?: string
          net_assets?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "equity_snapshots_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      executions: {
        Row: {
          amount: number
          as_of: string
          basis: string
          broker_account_id: string
          created_at: string
          cum_quantity_after: number
          deployment_id: string | null
          id: string
          order_id: string
          quantity: number
          side: string
          stock_code: string
          user_id: string
        }
        Insert: {
          amount: number
          as_of: string
          basis: string
          broker_account_id: string
          created_at?: string
          cum_quantity_after: number
          deployment_id?: string | null
          id?: string
          order_id: string
          quantity: number
          side: string
          stock_code: string
          user_id: string
        }
        Update: {
          amount?: number
          as_of?: string
          basis?: string
          broker_account_id?: string
          created_at?: string
          cum_quantity_after?: number
          deployment_id?: string | null
          id?: string
          order_id?: string
          quantity?: number
          side?: string
          stock_code?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "executions_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "executions_deployment_id_fkey"
            columns: ["deployment_id"]
            referencedRelation: "strategy_deployments"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "executions_order_id_fkey"
            columns: ["order_id"]
            referencedRelation: "real_orders"
            referencedColumns: ["id"]
          },
        ]
      }
      instruments: {
        Row: {
          average_volume: number | null
          base_price: number
          is_halted: boolean
          is_listed: boolean
          is_synthetic: boolean
          kind: string
          listed_shares: number
          lower_limit: number
          market: string
          name_en: string
          name_ko: string
          price_day: string
          sector: string
          status_code: string
          stock_code: string
          updated_at: string
          upper_limit: number
        }
        Insert: {
          average_volume?: number | null
          base_price: number
          is_halted?: boolean
          is_listed?: boolean
          is_synthetic?: boolean
          kind?: string
          listed_shares?: number
          lower_limit: number
          market: string
          name_en?: string
          name_ko: string
          price_day: string
          sector?: string
          status_code?: string
          stock_code: string
          updated_at?: string
          upper_limit: number
        }
        Update: {
          average_volume?: number | null
          base_price?: number
          is_halted?: boolean
          is_listed?: boolean
          is_synthetic?: boolean
          kind?: string
          listed_shares?: number
          lower_limit?: number
          market?: string
          name_en?: string
          name_ko?: string
          price_day?: string
          sector?: string
          status_code?: string
          stock_code?: string
          updated_at?: string
          upper_limit?: number
        }
        Relationships: []
      }
      investment_settings: {
        Row: {
          allow_restricted: boolean
          exclude: string[]
          filters: NonNullable<Json>
          markets: string[]
          updated_at: string
          user_id: string
        }
        Insert: {
          allow_restricted?: boolean
          exclude?: string[]
          filters?: NonNullable<Json>
          markets?: string[]
          updated_at?: string
          user_id?: string
        }
        Update: {
          allow_restricted?: boolean
          exclude?: string[]
          filters?: NonNullable<Json>
          markets?: string[]
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      invitations: {
        Row: {
          accepted_at: string | null
          created_at: string
          email: string
          expires_at: string
          id: string
          invited_by: string | null
        }
        Insert: {
          accepted_at?: string | null
          created_at?: string
          email: string
          expires_at?: string
          id?: string
          invited_by?: string | null
        }
        Update: {
          accepted_at?: string | null
          created_at?: string
          email?: string
          expires_at?: string
          id?: string
          invited_by?: string | null
        }
        Relationships: []
      }
      market_calendar: {
        Row: {
          close_at: string | null
          day: string
          is_open: boolean
          market: string
          open_at: string | null
          order_from: string | null
          session: string
          source: string
        }
        Insert: {
          close_at?: string | null
          day: string
          is_open?: boolean
          market?: string
          open_at?: string | null
          order_from?: string | null
          session: string
          source: string
        }
        Update: {
          close_at?: string | null
          day?: string
          is_open?: boolean
          market?: string
          open_at?: string | null
          order_from?: string | null
          session?: string
          source?: string
        }
        Relationships: []
      }
      market_feeds: {
        Row: {
          broker_account_id: string
          scope: string
          updated_at: string
        }
        Insert: {
          broker_account_id: string
          scope?: string
          updated_at?: string
        }
        Update: {
          broker_account_id?: string
          scope?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "market_feeds_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      nas_keys: {
        Row: {
          created_at: string
          fingerprint: string
          key_id: string
          public_key: string
          state: string
        }
        Insert: {
          created_at?: string
          fingerprint: string
          key_id: string
          public_key: string
          state?: string
        }
        Update: {
          created_at?: string
          fingerprint?: string
          key_id?: string
          public_key?: string
          state?: string
        }
        Relationships: []
      }
      notifications: {
        Row: {
          created_at: string
          id: string
          kind: string
          payload: NonNullable<Json>
          read_at: string | null
          severity: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          kind: string
          payload?: NonNullable<Json>
          read_at?: string | null
          severity?: string
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          kind?: string
          payload?: NonNullable<Json>
          read_at?: string | null
          severity?: string
          user_id?: string
        }
        Relationships: []
      }
      optimisation_chunks: {
        Row: {
          attempts: number
          error: string
          finished_at: string | null
          first_cell: number
          host: string | null
          is_merge: boolean
          last_cell: number
          lease_until: string | null
          number: number
          optimisation_id: string
          result: string | null
          result_hash: string | null
          started_at: string | null
          state: string
          user_id: string
          worker: string | null
        }
        Insert: {
          attempts?: number
          error?: string
          finished_at?: string | null
          first_cell: number
          host?: string | null
          is_merge?: boolean
          last_cell: number
          lease_until?: string | null
          number: number
          optimisation_id: string
          result?: string | null
          result_hash?: string | null
          started_at?: string | null
          state?: string
          user_id: string
          worker?: string | null
        }
        Update: {
          attempts?: number
          error?: string
          finished_at?: string | null
          first_cell?: number
          host?: string | null
          is_merge?: boolean
          last_cell?: number
          lease_until?: string | null
          number?: number
          optimisation_id?: string
          result?: string | null
          result_hash?: string | null
          started_at?: string | null
          state?: string
          user_id?: string
          worker?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "optimisation_chunks_optimisation_id_fkey"
            columns: ["optimisation_id"]
            referencedRelation: "optimisations"
            referencedColumns: ["id"]
          },
        ]
      }
      optimisations: {
        Row: {
          cells: number
          chunk_cells: number
          chunks: number
          chunks_done: number
          created_at: string
          data_hash: string | null
          engine: string | null
          eta_seconds: number | null
          faults: NonNullable<Json>
          finished_at: string | null
          id: string
          is_whole_market: boolean
          memory_mb: number | null
          message: string
          name: string
          progress: number
          request: NonNullable<Json>
          result: string | null
          result_hash: string | null
          served_at: string | null
          started_at: string | null
          state: string
          strategy_id: string | null
          told_at: string | null
          user_id: string
          version: number | null
        }
        Insert: {
          cells: number
          chunk_cells: number
          chunks: number
          chunks_done?: number
          created_at?: string
          data_hash?: string | null
          engine?: string | null
          eta_seconds?: number | null
          faults?: NonNullable<Json>
          finished_at?: string | null
          id?: string
          is_whole_market: boolean
          memory_mb?: number | null
          message?: string
          name?: string
          progress?: number
          request: NonNullable<Json>
          result?: string | null
          result_hash?: string | null
          served_at?: string | null
          started_at?: string | null
          state?: string
          strategy_id?: string | null
          told_at?: string | null
          user_id: string
          version?: number | null
        }
        Update: {
          cells?: number
          chunk_cells?: number
          chunks?: number
          chunks_done?: number
          created_at?: string
          data_hash?: string | null
          engine?: string | null
          eta_seconds?: number | null
          faults?: NonNullable<Json>
          finished_at?: string | null
          id?: string
          is_whole_market?: boolean
          memory_mb?: number | null
          message?: string
          name?: string
          progress?: number
          request?: NonNullable<Json>
          result?: string | null
          result_hash?: string | null
          served_at?: string | null
          started_at?: string | null
          state?: string
          strategy_id?: string | null
          told_at?: string | null
          user_id?: string
          version?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "optimisations_strategy_id_fkey"
            columns: ["strategy_id"]
            referencedRelation: "strategies"
            referencedColumns: ["id"]
          },
        ]
      }
      order_attempts: {
        Row: {
          attempt_no: number
          baseline: string[]
          finished_at: string | null
          id: number
          instance_id: string
          kind: string
          lease_token: number
          order_id: string
          outcome: string | null
          outcome_code: string | null
          outcome_message: string | null
          quantity: number | null
          started_at: string
        }
        Insert: {
          attempt_no: number
          baseline?: string[]
          finished_at?: string | null
          id?: never
          instance_id: string
          kind: string
          lease_token: number
          order_id: string
          outcome?: string | null
          outcome_code?: string | null
          outcome_message?: string | null
          quantity?: number | null
          started_at?: string
        }
        Update: {
          attempt_no?: number
          baseline?: string[]
          finished_at?: string | null
          id?: never
          instance_id?: string
          kind?: string
          lease_token?: number
          order_id?: string
          outcome?: string | null
          outcome_code?: string | null
          outcome_message?: string | null
          quantity?: number | null
          started_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "order_attempts_order_id_fkey"
            columns: ["order_id"]
            referencedRelation: "real_orders"
            referencedColumns: ["id"]
          },
        ]
      }
      order_events: {
        Row: {
          account_id: string
          at: string
          from_status: string | null
          hash: string
          order_id: string
          payload: NonNullable<Json>
          prev_hash: string
          seq: number
          source: string
          to_status: string | null
          type: string
          user_id: string
        }
        Insert: {
          account_id: string
          at?: string
          from_status?: string | null
          hash: string
          order_id: string
          payload?: NonNullable<Json>
          prev_hash: string
          seq: number
          source: string
          to_status?: string | null
          type: string
          user_id: string
        }
        Update: {
          account_id?: string
          at?: string
          from_status?: string | null
          hash?: string
          order_id?: string
          payload?: NonNullable<Json>
          prev_hash?: string
          seq?: number
          source?: string
          to_status?: string | null
          type?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "order_events_account_id_fkey"
            columns: ["account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "order_events_order_id_fkey"
            columns: ["order_id"]
            referencedRelation: "real_orders"
            referencedColumns: ["id"]
          },
        ]
      }
      paper_accounts: {
        Row: {
          broker_account_id: string
          cash: number
          created_at: string
          last_number: number
          starting_cash: number
        }
        Insert: {
          broker_account_id: string
          cash: number
          created_at?: string
          last_number?: number
          starting_cash: number
        }
        Update: {
          broker_account_id?: string
          cash?: number
          created_at?: string
          last_number?: number
          starting_cash?: number
        }
        Relationships: [
          {
            foreignKeyName: "paper_accounts_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      paper_fills: {
        Row: {
          amount: number
          at: string
          basis: string
          book_key: string | null
          broker_account_id: string
          commission: number
          id: number
          order_number: string
          price: number
          quantity: number
          settle_day: string
          side: string
          stock_code: string
          tax: number
          trade_day: string
        }
        Insert: {
          amount: number
          at?: string
          basis: string
          book_key?: string | null
          broker_account_id: string
          commission: number
          id?: never
          order_number: string
          price: number
          quantity: number
          settle_day: string
          side: string
          stock_code: string
          tax: number
          trade_day: string
        }
        Update: {
          amount?: number
          at?: string
          basis?: string
          book_key?: string | null
          broker_account_id?: string
          commission?: number
          id?: never
          order_number?: string
          price?: number
          quantity?: number
          settle_day?: string
          side?: string
          stock_code?: string
          tax?: number
          trade_day?: string
        }
        Relationships: [
          {
            foreignKeyName: "paper_fills_broker_account_id_order_number_fkey"
            columns: ["broker_account_id", "order_number"]
            referencedRelation: "paper_orders"
            referencedColumns: ["broker_account_id", "order_number"]
          },
        ]
      }
      paper_holdings: {
        Row: {
          broker_account_id: string
          purchase_amount: number
          quantity: number
          stock_code: string
        }
        Insert: {
          broker_account_id: string
          purchase_amount: number
          quantity: number
          stock_code: string
        }
        Update: {
          broker_account_id?: string
          purchase_amount?: number
          quantity?: number
          stock_code?: string
        }
        Relationships: [
          {
            foreignKeyName: "paper_holdings_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "paper_accounts"
            referencedColumns: ["broker_account_id"]
          },
        ]
      }
      paper_orders: {
        Row: {
          broker_account_id: string
          cancelled_quantity: number
          created_at: string
          cum_amount: number
          cum_quantity: number
          eligible_volume: number
          expires_at: string
          limit_price: number | null
          moved_quantity: number
          order_day: string
          order_number: string
          order_time: string
          original_number: string | null
          price_type: string
          print_filled: number
          quantity: number
          queue_ahead: number
          reserve_price: number
          seen_volume: number | null
          side: string
          stock_code: string
          time_in_force: string
        }
        Insert: {
          broker_account_id: string
          cancelled_quantity?: number
          created_at?: string
          cum_amount?: number
          cum_quantity?: number
          eligible_volume?: number
          expires_at: string
          limit_price?: number | null
          moved_quantity?: number
          order_day: string
          order_number: string
          order_time: string
          original_number?: string | null
          price_type: string
          print_filled?: number
          quantity: number
          queue_ahead?: number
          reserve_price: number
          seen_volume?: number | null
          side: string
          stock_code: string
          time_in_force: string
        }
        Update: {
          broker_account_id?: string
          cancelled_quantity?: number
          created_at?: string
          cum_amount?: number
          cum_quantity?: number
          eligible_volume?: number
          expires_at?: string
          limit_price?: number | null
          moved_quantity?: number
          order_day?: string
          order_number?: string
          order_time?: string
          original_number?: string | null
          price_type?: string
          print_filled?: number
          quantity?: number
          queue_ahead?: number
          reserve_price?: number
          seen_volume?: number | null
          side?: string
          stock_code?: string
          time_in_force?: string
        }
        Relationships: [
          {
            foreignKeyName: "paper_orders_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "paper_accounts"
            referencedColumns: ["broker_account_id"]
          },
        ]
      }
      permission_requests: {
        Row: {
          created_at: string
          decided_at: string | null
          decided_by: string | null
          id: string
          reason: string
          state: string
          user_id: string
          wanted: NonNullable<Json>
        }
        Insert: {
          created_at?: string
          decided_at?: string | null
          decided_by?: string | null
          id?: string
          reason?: string
          state?: string
          user_id: string
          wanted: NonNullable<Json>
        }
        Update: {
          created_at?: string
          decided_at?: string | null
          decided_by?: string | null
          id?: string
          reason?: string
          state?: string
          user_id?: string
          wanted?: NonNullable<Json>
        }
        Relationships: []
      }
      platform_settings: {
        Row: {
          auto_enabled: boolean
          id: boolean
          members_allowed: boolean
          orders_enabled: boolean
          real_enabled: boolean
          signup_policy: string
          updated_at: string
          updated_by: string | null
          version: number
        }
        Insert: {
          auto_enabled?: boolean
          id?: boolean
          members_allowed?: boolean
          orders_enabled?: boolean
          real_enabled?: boolean
          signup_policy?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          auto_enabled?: boolean
          id?: boolean
          members_allowed?: boolean
          orders_enabled?: boolean
          real_enabled?: boolean
          signup_policy?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: []
      }
      profiles: {
        Row: {
          created_at: string
          display_name: string
          is_admin: boolean
          locale: string
          user_id: string
        }
        Insert: {
          created_at?: string
          display_name?: string
          is_admin?: boolean
          locale?: string
          user_id: string
        }
        Update: {
          created_at?: string
          display_name?: string
          is_admin?: boolean
          locale?: string
          user_id?: string
        }
        Relationships: []
      }
      protective_stops: {
        Row: {
          basis_amount: number | null
          basis_quantity: number | null
          broker_account_id: string
          created_at: string
          deployment_id: string | null
          failures: number
          fired_at: string | null
          fired_price: number | null
          high_water: number
          id: string
          kind: string
          n: number
          order_id: string | null
          quantity: number
          reason: string
          retry_at: string | null
          state: string
          stock_code: string
          trail_rate: number | null
          trigger_price: number | null
          updated_at: string
          user_id: string
          version: number
        }
        Insert: {
          basis_amount?: number | null
          basis_quantity?: number | null
          broker_account_id: string
          created_at?: string
          deployment_id?: string | null
          failures?: number
          fired_at?: string | null
          fired_price?: number | null
          high_water?: number
          id?: string
          kind: string
          n?: number
          order_id?: string | null
          quantity: number
          reason?: string
          retry_at?: string | null
          state?: string
          stock_code: string
          trail_rate?: number | null
          trigger_price?: number | null
          updated_at?: string
          user_id: string
          version?: number
        }
        Update: {
          basis_amount?: number | null
          basis_quantity?: number | null
          broker_account_id?: string
          created_at?: string
          deployment_id?: string | null
          failures?: number
          fired_at?: string | null
          fired_price?: number | null
          high_water?: number
          id?: string
          kind?: string
          n?: number
          order_id?: string | null
          quantity?: number
          reason?: string
          retry_at?: string | null
          state?: string
          stock_code?: string
          trail_rate?: number | null
          trigger_price?: number | null
          updated_at?: string
          user_id?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "protective_stops_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "protective_stops_deployment_id_fkey"
            columns: ["deployment_id"]
            referencedRelation: "strategy_deployments"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "protective_stops_order_id_fkey"
            columns: ["order_id"]
            referencedRelation: "real_orders"
            referencedColumns: ["id"]
          },
        ]
      }
      quote_interest: {
        Row: {
          expires_at: string
          stock_code: string
          user_id: string
          wants_book: boolean
        }
        Insert: {
          expires_at?: string
          stock_code: string
          user_id: string
          wants_book?: boolean
        }
        Update: {
          expires_at?: string
          stock_code?: string
          user_id?: string
          wants_book?: boolean
        }
        Relationships: []
      }
      quotes: {
        Row: {
          best_ask: number | null
          best_bid: number | null
          book: Json | null
          change: number
          change_rate: number
          changed_at: string
          feed: string
          heard_at: string
          high: number
          is_halted: boolean
          last_price: number
          low: number
          open: number
          phase: string
          stock_code: string
          traded_at: string | null
          value: number
          volume: number
        }
        Insert: {
          best_ask?: number | null
          best_bid?: number | null
          book?: Json | null
          change?: number
          change_rate?: number
          changed_at?: string
          feed?: string
          heard_at?: string
          high?: number
          is_halted?: boolean
          last_price: number
          low?: number
          open?: number
          phase?: string
          stock_code: string
          traded_at?: string | null
          value?: number
          volume?: number
        }
        Update: {
          best_ask?: number | null
          best_bid?: number | null
          book?: Json | null
          change?: number
          change_rate?: number
          changed_at?: string
          feed?: string
          heard_at?: string
          high?: number
          is_halted?: boolean
          last_price?: number
          low?: number
          open?: number
          phase?: string
          stock_code?: string
          traded_at?: string | null
          value?: number
          volume?: number
        }
        Relationships: [
          {
            foreignKeyName: "quotes_stock_code_fkey"
            columns: ["stock_code"]
            referencedRelation: "instruments"
            referencedColumns: ["stock_code"]
          },
        ]
      }
      real_orders: {
        Row: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        Insert: {
          acknowledged_at?: string | null
          allow_duplicate?: boolean
          body_hash?: string | null
          broker_account_id?: string | null
          broker_branch?: string
          broker_code?: string | null
          broker_message?: string | null
          broker_order_id?: string | null
          cancel_quantity?: number | null
          cancel_requested_at?: string | null
          cancelled_quantity?: number
          candidates?: NonNullable<Json>
          created_at?: string
          cum_amount?: number
          cum_quantity?: number
          denial?: Json | null
          denial_code?: string | null
          deployment_id?: string | null
          executed_at?: string | null
          executed_price?: number | null
          expires_at?: string | null
          id?: string
          intent_key?: string | null
          is_entry?: boolean
          order_day?: string | null
          order_status?: string
          order_type: string
          origin?: string
          outcome_unknown?: boolean
          parent_order_id?: string | null
          price?: number | null
          price_type?: string
          provisional_quantity?: number
          quantity: number
          replaced_quantity?: number
          replaces_whole?: boolean
          send_at?: string | null
          session?: string
          stock_code: string
          stock_name?: string | null
          strategy_id?: string | null
          submitted_at?: string | null
          time_in_force?: string
          took_over_at?: string | null
          updated_at?: string
          user_id: string
          venue?: string
          version?: number
        }
        Update: {
          acknowledged_at?: string | null
          allow_duplicate?: boolean
          body_hash?: string | null
          broker_account_id?: string | null
          broker_branch?: string
          broker_code?: string | null
          broker_message?: string | null
          broker_order_id?: string | null
          cancel_quantity?: number | null
          cancel_requested_at?: string | null
          cancelled_quantity?: number
          candidates?: NonNullable<Json>
          created_at?: string
          cum_amount?: number
          cum_quantity?: number
          denial?: Json | null
          denial_code?: string | null
          deployment_id?: string | null
          executed_at?: string | null
          executed_price?: number | null
          expires_at?: string | null
          id?: string
          intent_key?: string | null
          is_entry?: boolean
          order_day?: string | null
          order_status?: string
          order_type?: string
          origin?: string
          outcome_unknown?: boolean
          parent_order_id?: string | null
          price?: number | null
          price_type?: string
          provisional_quantity?: number
          quantity?: number
          replaced_quantity?: number
          replaces_whole?: boolean
          send_at?: string | null
          session?: string
          stock_code?: string
          stock_name?: string | null
          strategy_id?: string | null
          submitted_at?: string | null
          time_in_force?: string
          took_over_at?: string | null
          updated_at?: string
          user_id?: string
          venue?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "real_orders_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "real_orders_deployment_id_fkey"
            columns: ["deployment_id"]
            referencedRelation: "strategy_deployments"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "real_orders_parent_order_id_fkey"
            columns: ["parent_order_id"]
            referencedRelation: "real_orders"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "real_orders_strategy_id_fkey"
            columns: ["strategy_id"]
            referencedRelation: "strategies"
            referencedColumns: ["id"]
          },
        ]
      }
      real_positions: {
        Row: {
          avg_price: number | null
          bought_today: number
          broker_account_id: string | null
          current_price: number | null
          external_quantity: number
          id: string
          profit_loss: number | null
          profit_loss_rate: number | null
          purchase_amount: number
          quantity: number
          realized_pnl: number
          reserved_quantity: number
          sellable_quantity: number
          sold_today: number
          stock_code: string
          stock_name: string | null
          updated_at: string
          user_id: string
          version: number
        }
        Insert: {
          avg_price?: number | null
          bought_today?: number
          broker_account_id?: string | null
          current_price?: number | null
          external_quantity?: number
          id?: string
          profit_loss?: number | null
          profit_loss_rate?: number | null
          purchase_amount?: number
          quantity?: number
          realized_pnl?: number
          reserved_quantity?: number
          sellable_quantity?: number
          sold_today?: number
          stock_code: string
          stock_name?: string | null
          updated_at?: string
          user_id: string
          version?: number
        }
        Update: {
          avg_price?: number | null
          bought_today?: number
          broker_account_id?: string | null
          current_price?: number | null
          external_quantity?: number
          id?: string
          profit_loss?: number | null
          profit_loss_rate?: number | null
          purchase_amount?: number
          quantity?: number
          realized_pnl?: number
          reserved_quantity?: number
          sellable_quantity?: number
          sold_today?: number
          stock_code?: string
          stock_name?: string | null
          updated_at?: string
          user_id?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "real_positions_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      reconciliation_breaks: {
        Row: {
          accepted_at: string | null
          accepted_by: string | null
          broker_account_id: string
          closed_at: string | null
          id: string
          kind: string
          opened_at: string
          ours: number
          reason: string
          stock_code: string
          theirs: number
          user_id: string
        }
        Insert: {
          accepted_at?: string | null
          accepted_by?: string | null
          broker_account_id: string
          closed_at?: string | null
          id?: string
          kind?: string
          opened_at?: string
          ours: number
          reason?: string
          stock_code: string
          theirs: number
          user_id: string
        }
        Update: {
          accepted_at?: string | null
          accepted_by?: string | null
          broker_account_id?: string
          closed_at?: string | null
          id?: string
          kind?: string
          opened_at?: string
          ours?: number
          reason?: string
          stock_code?: string
          theirs?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "reconciliation_breaks_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      reconciliations: {
        Row: {
          broker_account_id: string
          day: string
          detail: NonNullable<Json>
          ended_at: string
          id: string
          kind: string
          ledger_hash: string | null
          ledger_seq: number | null
          result: string
          runs: number
          started_at: string
          user_id: string
        }
        Insert: {
          broker_account_id: string
          day: string
          detail?: NonNullable<Json>
          ended_at: string
          id?: string
          kind: string
          ledger_hash?: string | null
          ledger_seq?: number | null
          result: string
          runs?: number
          started_at: string
          user_id: string
        }
        Update: {
          broker_account_id?: string
          day?: string
          detail?: NonNullable<Json>
          ended_at?: string
          id?: string
          kind?: string
          ledger_hash?: string | null
          ledger_seq?: number | null
          result?: string
          runs?: number
          started_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "reconciliations_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      reservations: {
        Row: {
          amount: number
          broker_account_id: string
          created_at: string
          order_id: string
          quantity: number
          side: string
          stock_code: string
          unit_price: number
          user_id: string
        }
        Insert: {
          amount?: number
          broker_account_id: string
          created_at?: string
          order_id: string
          quantity?: number
          side: string
          stock_code: string
          unit_price?: number
          user_id: string
        }
        Update: {
          amount?: number
          broker_account_id?: string
          created_at?: string
          order_id?: string
          quantity?: number
          side?: string
          stock_code?: string
          unit_price?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "reservations_order_id_fkey"
            columns: ["order_id"]
            referencedRelation: "real_orders"
            referencedColumns: ["id"]
          },
        ]
      }
      retention_rules: {
        Row: {
          keep_days: number | null
          name: string
        }
        Insert: {
          keep_days?: number | null
          name: string
        }
        Update: {
          keep_days?: number | null
          name?: string
        }
        Relationships: []
      }
      service_heartbeats: {
        Row: {
          beat_at: string
          detail: NonNullable<Json>
          instance: string
          service: string
          started_at: string
          version: string
          worker_ids: string[]
        }
        Insert: {
          beat_at?: string
          detail?: NonNullable<Json>
          instance: string
          service: string
          started_at?: string
          version?: string
          worker_ids?: string[]
        }
        Update: {
          beat_at?: string
          detail?: NonNullable<Json>
          instance?: string
          service?: string
          started_at?: string
          version?: string
          worker_ids?: string[]
        }
        Relationships: []
      }
      strategies: {
        Row: {
          created_at: string
          description: string | null
          id: string
          is_archived: boolean
          latest_version: number
          name: string
          template: string | null
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          description?: string | null
          id?: string
          is_archived?: boolean
          latest_version?: number
          name: string
          template?: string | null
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          description?: string | null
          id?: string
          is_archived?: boolean
          latest_version?: number
          name?: string
          template?: string | null
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      strategy_deployments: {
        Row: {
          broker_account_id: string
          capital: number
          created_at: string
          id: string
          last_tick: string | null
          memory: NonNullable<Json>
          params: NonNullable<Json>
          state: string
          state_reason: string
          strategy_id: string
          symbols: string[]
          updated_at: string
          user_id: string
          version: number
        }
        Insert: {
          broker_account_id: string
          capital: number
          created_at?: string
          id?: string
          last_tick?: string | null
          memory?: NonNullable<Json>
          params?: NonNullable<Json>
          state?: string
          state_reason?: string
          strategy_id: string
          symbols?: string[]
          updated_at?: string
          user_id: string
          version: number
        }
        Update: {
          broker_account_id?: string
          capital?: number
          created_at?: string
          id?: string
          last_tick?: string | null
          memory?: NonNullable<Json>
          params?: NonNullable<Json>
          state?: string
          state_reason?: string
          strategy_id?: string
          symbols?: string[]
          updated_at?: string
          user_id?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "strategy_deployments_broker_account_id_fkey"
            columns: ["broker_account_id"]
            referencedRelation: "broker_accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "strategy_deployments_strategy_id_version_fkey"
            columns: ["strategy_id", "version"]
            referencedRelation: "strategy_versions"
            referencedColumns: ["strategy_id", "version"]
          },
        ]
      }
      strategy_positions: {
        Row: {
          bars_held: number
          deployment_id: string
          entered_at: string | null
          purchase_amount: number
          quantity: number
          realized_pnl: number
          stock_code: string
          updated_at: string
          user_id: string
        }
        Insert: {
          bars_held?: number
          deployment_id: string
          entered_at?: string | null
          purchase_amount?: number
          quantity?: number
          realized_pnl?: number
          stock_code: string
          updated_at?: string
          user_id: string
        }
        Update: {
          bars_held?: number
          deployment_id?: string
          entered_at?: string | null
          purchase_amount?: number
          quantity?: number
          realized_pnl?: number
          stock_code?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "strategy_positions_deployment_id_fkey"
            columns: ["deployment_id"]
            referencedRelation: "strategy_deployments"
            referencedColumns: ["id"]
          },
        ]
      }
      strategy_runs: {
        Row: {
          decisions: NonNullable<Json>
          deployment_id: string
          finished_at: string | null
          outcome: string
          phase: string
          reason: string
          started_at: string
          tick: string
          user_id: string
        }
        Insert: {
          decisions?: NonNullable<Json>
          deployment_id: string
          finished_at?: string | null
          outcome?: string
          phase?: string
          reason?: string
          started_at?: string
          tick: string
          user_id: string
        }
        Update: {
          decisions?: NonNullable<Json>
          deployment_id?: string
          finished_at?: string | null
          outcome?: string
          phase?: string
          reason?: string
          started_at?: string
          tick?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "strategy_runs_deployment_id_fkey"
            columns: ["deployment_id"]
            referencedRelation: "strategy_deployments"
            referencedColumns: ["id"]
          },
        ]
      }
      strategy_versions: {
        Row: {
          created_at: string
          document: NonNullable<Json>
          hash: string
          params: NonNullable<Json>
          strategy_id: string
          user_id: string
          version: number
        }
        Insert: {
          created_at?: string
          document: NonNullable<Json>
          hash: string
          params?: NonNullable<Json>
          strategy_id: string
          user_id: string
          version: number
        }
        Update: {
          created_at?: string
          document?: NonNullable<Json>
          hash?: string
          params?: NonNullable<Json>
          strategy_id?: string
          user_id?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "strategy_versions_strategy_id_fkey"
            columns: ["strategy_id"]
            referencedRelation: "strategies"
            referencedColumns: ["id"]
          },
        ]
      }
      tick_bands: {
        Row: {
          kind: string
          market: string
          price_from: number
          tick: number
          valid_from: string
        }
        Insert: {
          kind: string
          market: string
          price_from: number
          tick: number
          valid_from: string
        }
        Update: {
          kind?: string
          market?: string
          price_from?: number
          tick?: number
          valid_from?: string
        }
        Relationships: []
      }
      trading_arms: {
        Row: {
          armed_at: string
          expires_at: string
          session_id: string
          user_id: string
        }
        Insert: {
          armed_at?: string
          expires_at: string
          session_id: string
          user_id: string
        }
        Update: {
          armed_at?: string
          expires_at?: string
          session_id?: string
          user_id?: string
        }
        Relationships: []
      }
      trading_halts: {
        Row: {
          cause: string
          episode: string | null
          level: string
          numbers: NonNullable<Json>
          reason: string
          scope: string
          scope_id: string
          set_by: string | null
          updated_at: string
          version: number
        }
        Insert: {
          cause?: string
          episode?: string | null
          level: string
          numbers?: NonNullable<Json>
          reason?: string
          scope: string
          scope_id?: string
          set_by?: string | null
          updated_at?: string
          version?: number
        }
        Update: {
          cause?: string
          episode?: string | null
          level?: string
          numbers?: NonNullable<Json>
          reason?: string
          scope?: string
          scope_id?: string
          set_by?: string | null
          updated_at?: string
          version?: number
        }
        Relationships: []
      }
      trading_instances: {
        Row: {
          expires_at: string
          id: string
          started_at: string
        }
        Insert: {
          expires_at: string
          id: string
          started_at?: string
        }
        Update: {
          expires_at?: string
          id?: string
          started_at?: string
        }
        Relationships: []
      }
      trading_permissions: {
        Row: {
          approved_at: string | null
          approved_by: string | null
          can_paper_trade: boolean
          can_real_trade: boolean
          collar_percent: number
          created_at: string
          daily_order_limit: number
          daily_trade_limit: number | null
          id: string
          limits_expire_at: string | null
          max_daily_loss: number | null
          max_gross_amount: number | null
          max_order_amount: number | null
          max_orders_a_minute: number | null
          max_position_size: number | null
          max_volume_percent: number | null
          updated_at: string
          user_id: string
        }
        Insert: {
          approved_at?: string | null
          approved_by?: string | null
          can_paper_trade?: boolean
          can_real_trade?: boolean
          collar_percent?: number
          created_at?: string
          daily_order_limit?: number
          daily_trade_limit?: number | null
          id?: string
          limits_expire_at?: string | null
          max_daily_loss?: number | null
          max_gross_amount?: number | null
          max_order_amount?: number | null
          max_orders_a_minute?: number | null
          max_position_size?: number | null
          max_volume_percent?: number | null
          updated_at?: string
          user_id: string
        }
        Update: {
          approved_at?: string | null
          approved_by?: string | null
          can_paper_trade?: boolean
          can_real_trade?: boolean
          collar_percent?: number
          created_at?: string
          daily_order_limit?: number
          daily_trade_limit?: number | null
          id?: string
          limits_expire_at?: string | null
          max_daily_loss?: number | null
          max_gross_amount?: number | null
          max_order_amount?: number | null
          max_orders_a_minute?: number | null
          max_position_size?: number | null
          max_volume_percent?: number | null
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      watchlists: {
        Row: {
          id: string
          name: string
          stock_codes: string[]
          updated_at: string
          user_id: string
        }
        Insert: {
          id?: string
          name?: string
          stock_codes?: string[]
          updated_at?: string
          user_id?: string
        }
        Update: {
          id?: string
          name?: string
          stock_codes?: string[]
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      accept_break: {
        Args: { p_break_id: string; p_reason: string }
        Returns: {
          accepted_at: string | null
          accepted_by: string | null
          broker_account_id: string
          closed_at: string | null
          id: string
          kind: string
          opened_at: string
          ours: number
          reason: string
          stock_code: string
          theirs: number
          user_id: string
        }
        SetofOptions: {
          from: "*"
          to: "reconciliation_breaks"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      account_valuations: {
        Args: { p_account_id: string; p_since: string }
        Returns: Json
      }
      admin_unknown_orders: { Args: Record<PropertyKey, never>; Returns: Json }
      admin_users: {
        Args: Record<PropertyKey, never>
        Returns: {
          can_paper_trade: boolean
          can_real_trade: boolean
          created_at: string
          daily_order_limit: number
          daily_trade_limit: number
          display_name: string
          email: string
          is_admin: boolean
          last_sign_in_at: string
          limits_expire_at: string
          max_position_size: number
          open_request: Json
          user_id: string
        }[]
      }
      adopt_broker_order: {
        Args: {
          p_branch: string
          p_broker_order_id: string
          p_evidence?: Json
          p_order_id: string
        }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      adopt_external: {
        Args: { p_account_id: string; p_order: Json }
        Returns: string
      }
      apply_broker_cancelled: {
        Args: {
          p_cancelled_quantity: number
          p_order_id: string
          p_source?: string
        }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      apply_broker_cum: {
        Args: {
          p_as_of?: string
          p_basis: string
          p_cum_amount: number
          p_cum_quantity: number
          p_order_id: string
        }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      apply_notice: {
        Args: {
          p_order_id: string
          p_payload?: Json
          p_provisional_quantity: number
        }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      apply_retention: { Args: Record<PropertyKey, never>; Returns: Json }
      archive_strategy: { Args: { p_strategy_id: string }; Returns: Json }
      arm_deployment_stops: {
        Args: {
          p_deployment_id: string
          p_levels: Json
          p_purchase_amount: number
          p_quantity: number
          p_stock_code: string
        }
        Returns: number
      }
      arm_real_trading: { Args: { p_password: string }; Returns: Json }
      beat: {
        Args: {
          p_detail: Json
          p_instance: string
          p_service: string
          p_version: string
          p_worker_ids: string[]
        }
        Returns: undefined
      }
      begin_attempt: {
        Args: {
          p_baseline?: string[]
          p_instance: string
          p_kind: string
          p_order_id: string
          p_quantity?: number
          p_token: number
        }
        Returns: number
      }
      cancel_backtest: { Args: { p_backtest_id: string }; Returns: Json }
      cancel_optimisation: {
        Args: { p_optimisation_id: string }
        Returns: Json
      }
      cancel_order: {
        Args: { p_order_id: string; p_quantity?: number }
        Returns: Json
      }
      cancel_protective_stop: { Args: { p_stop_id: string }; Returns: Json }
      check_cash: {
        Args: {
          p_account_id: string
          p_as_of: string
          p_cash_d2: number
          p_costs: number
          p_day: string
          p_is_close: boolean
        }
        Returns: Json
      }
      check_halts: {
        Args: { p_clock_offsets?: Json; p_instance: string }
        Returns: number
      }
      claim_broker_calls: {
        Args: {
          p_app_key_tag: string
          p_environment: string
          p_holder: string
          p_lane: number
          p_wanted: number
        }
        Returns: {
          granted: number
          wait_ms: number
        }[]
      }
      claim_chunk: {
        Args: {
          p_host: string
          p_lease_seconds?: number
          p_memory_mb: number
          p_prefer?: string
          p_worker: string
        }
        Returns: Json
      }
      claim_run: {
        Args: { p_deployment_id: string; p_phase: string; p_tick: string }
        Returns: boolean
      }
      classify_cash_flow: {
        Args: { p_id: string; p_kind: string; p_note?: string }
        Returns: {
          amount: number
          at: string
          broker_account_id: string
          classified_at: string | null
          classified_by: string | null
          created_at: string
          day: string
          id: string
          kind: string
          note: string
          source: string
          user_id: string
        }
        SetofOptions: {
          from: "*"
          to: "cash_flows"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      complete_chunk: {
        Args: {
          p_data_hash: string
          p_engine: string
          p_number: number
          p_optimisation_id: string
          p_result: string
          p_result_hash: string
        }
        Returns: string
      }
      decide_request: {
        Args: { p_request_id: string; p_state: string }
        Returns: Json
      }
      deny_order: {
        Args: { p_code: string; p_numbers?: Json; p_order_id: string }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      deploy_strategy: {
        Args: {
          p_account_id: string
          p_capital: number
          p_params: Json
          p_strategy_id: string
          p_symbols: string[]
          p_version: number
        }
        Returns: Json
      }
      drop_instance: { Args: { p_id: string }; Returns: undefined }
      expire_day: {
        Args: { p_account_id: string; p_day: string; p_with_unknown?: boolean }
        Returns: number
      }
      fail_chunk: {
        Args: {
          p_attempt: number
          p_error: string
          p_number: number
          p_optimisation_id: string
          p_worker: string
        }
        Returns: undefined
      }
      fail_deployment: {
        Args: { p_deployment_id: string; p_reason: string }
        Returns: undefined
      }
      fail_optimisation: {
        Args: { p_faults?: Json; p_message: string; p_optimisation_id: string }
        Returns: undefined
      }
      finish_attempt: {
        Args: {
          p_attempt_id: number
          p_branch?: string
          p_broker_order_id?: string
          p_code?: string
          p_message?: string
          p_outcome: string
        }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      finish_run: {
        Args: {
          p_decisions: Json
          p_deployment_id: string
          p_memory: Json
          p_outcome: string
          p_reason: string
          p_tick: string
        }
        Returns: undefined
      }
      fire_stop: {
        Args: {
          p_instance: string
          p_n: number
          p_price: number
          p_stop_id: string
          p_token: number
        }
        Returns: Json
      }
      give_back_whole_market: { Args: { p_host: string }; Returns: undefined }
      halt_progress: {
        Args: { p_scope: string; p_scope_id: string }
        Returns: Json
      }
      has_whole_market_chunk: { Args: { p_host: string }; Returns: boolean }
      hold_back_orders: {
        Args: { p_deployment_id: string; p_reason: string }
        Returns: number
      }
      holding_shares: {
        Args: { p_account_id: string }
        Returns: {
          external: number
          quantity: number
          stock_code: string
          strategies: number
        }[]
      }
      invite_person: { Args: { p_email: string }; Returns: Json }
      lease_broker_reserve: {
        Args: {
          p_app_key_tag: string
          p_environment: string
          p_holder: string
          p_used: number[]
        }
        Returns: {
          burst: number
          lease_ms: number
          pause_ms: number
          per_second: number
          tokens: number
        }[]
      }
      mark_notifications_read: { Args: { p_ids: string[] }; Returns: undefined }
      mark_unknown: {
        Args: { p_cause: string; p_order_id: string }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      my_broker_quotas: {
        Args: Record<PropertyKey, never>
        Returns: {
          broker_account_id: string
          limit_per_second: number
          now_per_second: number
          paused_until: string
          used: number[]
        }[]
      }
      open_broker_quota: {
        Args: {
          p_app_key_tag: string
          p_environment: string
          p_limit: number
          p_new_key_limit: number
          p_version: number
        }
        Returns: undefined
      }
      open_paper_account: {
        Args: { p_account_id: string; p_cash: number; p_label: string }
        Returns: Json
      }
      order_facts: {
        Args: { p_account_id: string; p_stock_code: string }
        Returns: Json
      }
      order_release: { Args: { p_order_id: string }; Returns: string }
      place_order: {
        Args: {
          p_account_id: string
          p_allow_duplicate?: boolean
          p_body_hash: string
          p_intent_key: string
          p_price: number
          p_price_type: string
          p_quantity: number
          p_send_at?: string
          p_side: string
          p_stock_code: string
        }
        Returns: Json
      }
      place_order_for_deployment: {
        Args: {
          p_deployment_id: string
          p_price: number
          p_price_type: string
          p_purpose: string
          p_quantity: number
          p_send_at?: string
          p_side: string
          p_stock_code: string
          p_tick: string
        }
        Returns: Json
      }
      publish_quotes: { Args: Record<PropertyKey, never>; Returns: number }
      put_balance: {
        Args: {
          p_account_id: string
          p_as_of?: string
          p_cash: number
          p_cash_d1: number
          p_cash_d2: number
          p_net_assets: number
          p_orderable: number
        }
        Returns: {
          as_of: string
          broker_account_id: string
          cash: number
          cash_d1: number
          cash_d2: number
          net_assets: number
          orderable: number
          user_id: string
        }
        SetofOptions: {
          from: "*"
          to: "account_balances"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      put_holding: {
        Args: {
          p_account_id: string
          p_bought_today: number
          p_last_price: number
          p_purchase_amount: number
          p_quantity: number
          p_sellable: number
          p_sold_today: number
          p_stock_code: string
          p_stock_name: string
        }
        Returns: {
          avg_price: number | null
          bought_today: number
          broker_account_id: string | null
          current_price: number | null
          external_quantity: number
          id: string
          profit_loss: number | null
          profit_loss_rate: number | null
          purchase_amount: number
          quantity: number
          realized_pnl: number
          reserved_quantity: number
          sellable_quantity: number
          sold_today: number
          stock_code: string
          stock_name: string | null
          updated_at: string
          user_id: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_positions"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      raise_halt: {
        Args: {
          p_cause: string
          p_episode?: string
          p_level: string
          p_numbers?: Json
          p_scope: string
          p_scope_id: string
        }
        Returns: boolean
      }
      raise_stops: { Args: { p_stops: Json }; Returns: undefined }
      record_reconciliation: {
        Args: {
          p_account_id: string
          p_day?: string
          p_detail?: Json
          p_kind: string
          p_result: string
          p_started_at: string
        }
        Returns: {
          broker_account_id: string
          day: string
          detail: NonNullable<Json>
          ended_at: string
          id: string
          kind: string
          ledger_hash: string | null
          ledger_seq: number | null
          result: string
          runs: number
          started_at: string
          user_id: string
        }
        SetofOptions: {
          from: "*"
          to: "reconciliations"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      release_chunk: {
        Args: {
          p_attempt: number
          p_memory_mb?: number
          p_message?: string
          p_number: number
          p_optimisation_id: string
          p_worker: string
        }
        Returns: undefined
      }
      remove_account: { Args: { p_account_id: string }; Returns: Json }
      renew_chunk: {
        Args: {
          p_attempt: number
          p_lease_seconds?: number
          p_number: number
          p_optimisation_id: string
          p_worker: string
        }
        Returns: boolean
      }
      renew_instance: { Args: { p_id: string }; Returns: string }
      replace_order: {
        Args: {
          p_body_hash: string
          p_intent_key: string
          p_order_id: string
          p_price: number
          p_price_type: string
          p_quantity: number
        }
        Returns: Json
      }
      request_permission: {
        Args: { p_reason: string; p_wanted: Json }
        Returns: Json
      }
      resize_replacement: {
        Args: { p_order_id: string; p_quantity: number }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      resolve_unknown: {
        Args: {
          p_broker_order_id: string
          p_order_id: string
          p_reason: string
        }
        Returns: Json
      }
      risk_limits: { Args: { p_user_id: string }; Returns: Json }
      save_credentials: {
        Args: {
          p_account_id: string
          p_account_mask: string
          p_broker_type: string
          p_is_paper: boolean
          p_key_id: string
          p_label: string
          p_sealed: Json
        }
        Returns: Json
      }
      save_strategy: {
        Args: {
          p_document: Json
          p_hash: string
          p_name: string
          p_params: Json
          p_strategy_id: string
          p_template: string
        }
        Returns: Json
      }
      set_candidates: {
        Args: { p_candidates: Json; p_order_id: string }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      set_credential_state: {
        Args: {
          p_account_id: string
          p_account_mask?: string
          p_app_key_tag?: string
          p_environment_proved?: boolean
          p_message: string
          p_state: string
        }
        Returns: undefined
      }
      set_deployment_state: {
        Args: { p_deployment_id: string; p_state: string }
        Returns: Json
      }
      set_feed_scope: {
        Args: { p_account_id: string; p_scope: string }
        Returns: Json
      }
      set_halt: {
        Args: {
          p_level: string
          p_reason: string
          p_scope: string
          p_scope_id: string
        }
        Returns: Json
      }
      set_platform_settings: { Args: { p_patch: Json }; Returns: Json }
      set_protective_stop: {
        Args: {
          p_account_id: string
          p_kind: string
          p_quantity: number
          p_stock_code: string
          p_trail_rate: number
          p_trigger: number
        }
        Returns: Json
      }
      set_risk_limits: {
        Args: { p_limits: Json; p_user_id: string }
        Returns: Json
      }
      set_trading_permission: {
        Args: {
          p_can_paper: boolean
          p_can_real: boolean
          p_daily_order_limit: number
          p_daily_trade_limit: number
          p_limits_expire_at: string
          p_max_position_size: number
          p_user_id: string
        }
        Returns: Json
      }
      settle_corporate_action: {
        Args: { p_id: string; p_is_accepted: boolean; p_reason: string }
        Returns: {
          broker_account_id: string
          created_at: string
          day: string
          decided_at: string | null
          decided_by: string | null
          factor: number
          id: string
          listed_after: number | null
          listed_before: number | null
          ours_amount: number
          ours_quantity: number
          reason: string
          state: string
          stock_code: string
          theirs_amount: number | null
          theirs_quantity: number | null
          user_id: string
        }
        SetofOptions: {
          from: "*"
          to: "corporate_actions"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      settle_order: {
        Args: {
          p_cancelled_quantity?: number
          p_order_id: string
          p_payload?: Json
          p_source?: string
          p_to: string
        }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      slow_broker_calls: {
        Args: {
          p_app_key_tag: string
          p_environment: string
          p_is_own_rate: boolean
          p_pause_ms: number
        }
        Returns: undefined
      }
      start_backtest: {
        Args: {
          p_name: string
          p_request: Json
          p_strategy_id: string
          p_version: number
        }
        Returns: Json
      }
      start_optimisation: {
        Args: {
          p_cells: number
          p_chunk_cells?: number
          p_name: string
          p_request: Json
          p_strategy_id: string
          p_version: number
        }
        Returns: Json
      }
      sweep_cancel_all: { Args: { p_account_id: string }; Returns: Json }
      sync_stops: { Args: { p_instance: string }; Returns: Json }
      take_leases: {
        Args: { p_instance: string }
        Returns: {
          account_id: string
          app_key_tag: string
          broker_type: string
          credential_state: string
          encrypted_credentials: Json
          environment_verified_at: string
          is_paper_account: boolean
          key_id: string
          token: number
          user_id: string
        }[]
      }
      take_whole_market: { Args: { p_host: string }; Returns: boolean }
      tell_stop_feed: {
        Args: { p_account_id: string; p_state: string; p_stock_codes: string[] }
        Returns: undefined
      }
      test_account: { Args: { p_account_id: string }; Returns: Json }
      verify_chain: {
        Args: { p_account_id: string }
        Returns: {
          fault: string
          order_id: string
          seq: number
        }[]
      }
      wake_account: { Args: { p_account_id: string }; Returns: undefined }
      watch_quotes: {
        Args: { p_books?: string[]; p_codes: string[] }
        Returns: undefined
      }
      withdraw_invitation: { Args: { p_email: string }; Returns: undefined }
      work_of: {
        Args: { p_account_id: string }
        Returns: {
          acknowledged_at: string | null
          allow_duplicate: boolean
          body_hash: string | null
          broker_account_id: string | null
          broker_branch: string
          broker_code: string | null
          broker_message: string | null
          broker_order_id: string | null
          cancel_quantity: number | null
          cancel_requested_at: string | null
          cancelled_quantity: number
          candidates: NonNullable<Json>
          created_at: string
          cum_amount: number
          cum_quantity: number
          denial: Json | null
          denial_code: string | null
          deployment_id: string | null
          executed_at: string | null
          executed_price: number | null
          expires_at: string | null
          id: string
          intent_key: string | null
          is_entry: boolean
          order_day: string | null
          order_status: string
          order_type: string
          origin: string
          outcome_unknown: boolean
          parent_order_id: string | null
          price: number | null
          price_type: string
          provisional_quantity: number
          quantity: number
          replaced_quantity: number
          replaces_whole: boolean
          send_at: string | null
          session: string
          stock_code: string
          stock_name: string | null
          strategy_id: string | null
          submitted_at: string | null
          time_in_force: string
          took_over_at: string | null
          updated_at: string
          user_id: string
          venue: string
          version: number
        }[]
        SetofOptions: {
          from: "*"
          to: "real_orders"
          isOneToOne: false
          isSetofReturn: true
        }
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
